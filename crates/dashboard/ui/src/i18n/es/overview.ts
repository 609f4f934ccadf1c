export const overview = {
  indicators: "Indicadores",
  followers: (accounts: number) => (accounts === 1 ? "Seguidores, 1 cuenta" : `Seguidores, ${accounts} cuentas`),
  followersNote: "según el último dato",
  followersOf: (all: number) => `de ${all}; las demás aún no tienen datos`,
  change: "Cambio en 28 días",
  before: (change: string) => `contra ${change} antes`,
  ofAccounts: (accounts: number) => (accounts === 1 ? "en 1 cuenta" : `en ${accounts} cuentas`),
  noChange: "faltan 56 días de datos seguidos",
  expected: "Se esperan en 30 días",
  expectedNote: (accounts: number) =>
    accounts === 1 ? "de 1 cuenta con modelo" : `suma de ${accounts} cuentas con modelo`,
  noExpected: "ninguna cuenta tiene modelo",
  attentionKpi: "Requieren atención",
  attentionOf: (accounts: number) => (accounts === 1 ? "de 1 cuenta" : `de ${accounts} cuentas`),
  attention: "Requiere atención",
  allAttention: (accounts: number) => `Ver las ${accounts} cuentas`,
  calm: "Todo en orden",
  calmNote: "Los datos están al día y ninguna cuenta salió de su intervalo.",
  below: (day: string, actual: string, level: string, lower: string, upper: string) =>
    `quedó bajo su intervalo del ${level} el ${day}: ${actual} seguidores; se esperaban entre ${lower} y ${upper}.`,
  above: (day: string, actual: string, level: string, lower: string, upper: string) =>
    `pasó su intervalo del ${level} el ${day}: ${actual} seguidores; se esperaban entre ${lower} y ${upper}.`,
  stale: (days: number, day: string) =>
    days === 1
      ? `no recibe datos hace 1 día: el último es del ${day}.`
      : `no recibe datos hace ${days} días: el último es del ${day}.`,
  untrained: "ya tiene datos suficientes y todavía ningún modelo.",
  baseline: "usa la referencia o un pronóstico prudente: ninguna combinación la superó con claridad.",
  seeDay: "Ver el día",
  upload: "Subir datos",
  train: "Entrenar",
  compare: "Ver la comparación",
  see: "Ver la cuenta",
  growth: "Crecimiento comparado",
  growthNote: (day: string) => `Seguidores, ${day} = 100. El eje no empieza en 0.`,
  growthLabel: (accounts: number) =>
    accounts === 1 ? "Seguidores de una cuenta, índice 100" : `Seguidores de ${accounts} cuentas, índice 100`,
  growthEnd: (name: string, value: string) => `${name}: ${value}`,
  growthNone: "No hay datos para comparar en este periodo",
  growthNoneNext: "Elija un periodo más largo u otras cuentas.",
  leftOut: (names: string, day: string) => `Sin datos desde el ${day}: ${names}.`,
  period: "Periodo",
  days: (days: number) => `${days} días`,
  choose: "Elegir cuentas",
  chooseNote: (most: number) => `Hasta ${most} cuentas. La elección queda en la dirección de la página.`,
  chosen: (count: number, most: number) => `${count} de ${most} elegidas`,
  chooseSearch: "Buscar una cuenta",
  apply: "Comparar",
  largest: "Las de más seguidores",
};

export const firstSteps = {
  title: "Tres pasos hasta su primer gráfico",
  lead: (company: string) =>
    `${company} todavía no tiene pronósticos. Con ocho días de datos hay pronóstico; con treinta, uno diario con su ritmo semanal.`,
  one: "Agregue una cuenta",
  oneDone: (name: string) => `${name} está agregada.`,
  oneAsk: "Las cuentas las agrega el administrador de su banco. Pídale la que necesita, o que le asigne una.",
  two: "Suba su historia",
  twoNote: "Un archivo CSV con la fecha y los seguidores. Primero ve qué se guardaría y después confirma.",
  twoAsk: "La historia la sube quien puede escribir datos en su banco. Pídaselo al administrador.",
  upload: "Subir CSV",
  twoDone: "La historia está guardada.",
  twoShort: (days: number) =>
    days === 1 ? "Falta 1 día de datos para poder entrenar." : `Faltan ${days} días de datos para poder entrenar.`,
  three: "Entrene el modelo",
  threeNote: "Toma segundos. Se compara con pronósticos sencillos y se usa el que menos se equivoca.",
  threeAsk: "El modelo lo entrena el administrador de su banco. Pídaselo.",
  train: "Entrenar",
  ghost: "Aquí estará su primer gráfico",
  ghostNote: "solo la forma, sin datos",
};
