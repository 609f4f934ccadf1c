export const training = {
  title: "Entrenamiento en curso",
  train: "Entrenar",
  going: "Entrenando",
  of: (name: string) => `Entrenando ${name}`,
  allAccounts: "todas las cuentas",
  several: (count: number) => `${count} entrenamientos en curso`,
  seeAll: "Ver todos",
  waiting: "en espera",
  preparing: "preparando los datos",
  accountsDone: (done: string, total: string) => `${done} de ${total} cuentas`,
  ended: (handle: string) => `${handle}: modelo entrenado`,
  found: (mae: string, servesBaseline: boolean) =>
    `Al pronosticar el pasado se equivocó en promedio ±${mae} seguidores.${servesBaseline ? " Ningún modelo superó con claridad a la referencia." : ""}`,
  see: "Ver qué encontró",
  endedAll: (trained: number, failed: number) =>
    failed === 0 ? `Cuentas entrenadas: ${trained}` : `Cuentas entrenadas: ${trained}; sin entrenar: ${failed}`,
  failed: (name: string) => `No se pudo entrenar ${name}`,
  cancelled: (name: string) => `Se canceló el entrenamiento de ${name}`,
  cancelledNote: "El modelo de antes sigue en uso.",
  refused: "No se pudo iniciar el entrenamiento",
};
