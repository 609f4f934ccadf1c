/** Accounts and people that were deleted and can be brought back. */
export const deleted = {
  accounts: "Cuentas eliminadas",
  people: "Personas eliminadas",
  note: (days: number) =>
    `Se pueden restaurar durante ${days} días. Mientras tanto, su nombre no se puede usar para otra.`,
  since: (when: string) => `Eliminada ${when}`,
  until: (day: string) => `se borra para siempre el ${day}`,
  restore: "Restaurar",
  restoreOf: (name: string) => `Restaurar ${name}`,
  restoredAccount: (name: string) => `${name} está otra vez entre las cuentas, con sus datos`,
  restoredPerson: (name: string) => `${name} puede entrar otra vez`,
  restoredDisabled: (name: string) => `${name} está otra vez en la lista, sin acceso, como antes`,
  overtakenAccount:
    "Alguien cambió esta cuenta mientras tanto. Ya se muestra lo que ahora dice: revíselo y elimínela si todavía corresponde.",

  account: "Eliminar la cuenta",
  action: "Eliminar",
  accountWhy: (days: number) => `Desaparece con todos sus datos. Se puede restaurar durante ${days} días.`,
  accountTitle: (name: string) => `¿Eliminar la cuenta ${name}?`,
  accountGoes: "Con ella se van sus lecturas, sus modelos y sus pronósticos: nadie los verá más.",
  accountBack: (days: number) =>
    `Durante ${days} días puede restaurarla con todo, también para las personas que la tienen asignada. Mientras tanto no se puede agregar otra con el mismo nombre.`,
  accountAfter: "Después se borra para siempre.",
  accountDone: (name: string) => `${name} está eliminada`,

  person: "Eliminar a la persona",
  personWhy: (days: number) => `Sale de la lista y no puede entrar. Se puede restaurar durante ${days} días.`,
  personTitle: (name: string) => `¿Eliminar a ${name}?`,
  personGoes: "No podrá entrar y sus sesiones se cierran de inmediato.",
  personBack: (days: number) =>
    `Durante ${days} días puede restaurarla con su rol, sus cuentas asignadas y su contraseña. Mientras tanto nadie más puede tener ese usuario.`,
  personAfter:
    "Después se borra para siempre, con las vistas que guardó, también las compartidas. Lo que hizo queda en el registro.",
  personDone: (name: string) => `${name} está entre las personas eliminadas`,
};
