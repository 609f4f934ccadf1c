import type { components } from "../../api/schema";

type Action = components["schemas"]["ActionWord"];
type Outcome = components["schemas"]["OutcomeWord"];
type ErrorCode = components["schemas"]["ErrorCode"];

/** What was done. A word that the API adds and this list lacks does not compile. */
const actions = {
  login: "Inicio de sesión",
  login_locked: "Entrada en pausa por intentos fallidos",
  login_alarm: "Alarma: muchos intentos fallidos",
  logout: "Cierre de sesión",
  session_ended: "Sesión cerrada desde otra",
  refresh_replayed: "Llave de sesión usada dos veces",
  refresh_refused: "Sesión que ya no continúa",
  user_registered: "Persona agregada",
  user_disabled: "Acceso quitado",
  user_enabled: "Acceso devuelto",
  user_changed: "Correo cambiado",
  role_changed: "Rol cambiado",
  password_change_demanded: "Cambio de contraseña exigido",
  accounts_assigned: "Cuentas asignadas",
  password_changed: "Cambio de contraseña",
  company_created: "Empresa creada",
  company_suspended: "Empresa suspendida",
  company_resumed: "Empresa reanudada",
  company_changed: "Empresa modificada",
  job_requested: "Trabajo solicitado",
  job_cancelled: "Trabajo cancelado",
  model_trained: "Modelo entrenado",
  model_activated: "Versión de modelo puesta en uso",
  model_deleted: "Modelo eliminado",
  covariates_set: "Covariables definidas",
  account_created: "Cuenta creada",
  account_changed: "Cuenta modificada",
  observations_recorded: "Datos subidos",
  observations_deleted: "Datos eliminados",
  entity_defined: "Tabla creada",
  entity_changed: "Tabla modificada",
  entity_deleted: "Tabla enviada a la papelera",
  entity_restored: "Tabla restaurada",
  field_defined: "Campo agregado a una tabla",
  field_changed: "Campo de una tabla modificado",
  field_retyped: "Tipo de un campo cambiado",
  field_deleted: "Campo enviado a la papelera",
  field_restored: "Campo restaurado",
  records_created: "Registros agregados",
  records_changed: "Registros modificados",
  records_deleted: "Registros enviados a la papelera",
  records_restored: "Registros restaurados",
  entity_purged: "Tabla borrada para siempre",
  field_purged: "Campo borrado para siempre",
  records_purged: "Registros borrados para siempre",
  records_imported: "Registros importados",
  key_published: "Llave de firma publicada",
  key_activated: "Llave de firma en uso",
  key_removed: "Llave de firma retirada",
  key_revoked: "Llave de firma anulada",
  secrets_rewrapped: "Secretos cifrados de nuevo",
  access_denied: "Acceso denegado",
  request_refused: "Solicitud rechazada",
  rate_limited: "Límite de solicitudes alcanzado",
} satisfies Record<Action, string>;

const outcomes = {
  success: "Se hizo",
  failure: "Falló",
  denied: "No se permitió",
} satisfies Record<Outcome, string>;

/** Why something was refused, where that helps whoever reads the log. */
const refusals: Partial<Record<ErrorCode, string>> = {
  ACCOUNT_EXISTS: "la cuenta ya existe",
  ACCOUNT_FORBIDDEN: "no existe o no es suyo",
  COMPANY_EXISTS: "la empresa ya existe",
  INSUFFICIENT_DATA: "faltan datos",
  ROLE_FORBIDDEN: "su rol no lo permite",
  USERNAME_TAKEN: "el usuario ya existe",
  VALIDATION_FAILED: "algún dato no era válido",
};

export const audit = {
  title: "Auditoría",
  lead: "Quién hizo qué, cuándo y desde dónde. El programa no permite cambiar ni borrar nada de esto.",
  actions: actions as Record<Action, string>,
  outcomes: outcomes as Record<Outcome, string>,

  filters: "Filtros",
  from: "Desde",
  to: "Hasta",
  actor: "Quién",
  actorHint: "usuario exacto",
  action: "Qué",
  anyAction: "Todo",
  outcome: "Resultado",
  anyOutcome: "Cualquiera",
  target: "Sobre qué",
  targetHint: "texto exacto",
  targetNew: (count: string, isOne: boolean) => (isOne ? `${count} lectura nueva` : `${count} lecturas nuevas`),
  targetChanged: (count: string, isOne: boolean) => (isOne ? `${count} cambiada` : `${count} cambiadas`),
  targetSkipped: (count: string) => `${count} con error`,
  targetVersion: (account: string, version: string) => `${account}: versión ${version}`,
  clear: "Quitar los filtros",
  platformLog: "la plataforma",
  log: "Registro de",

  time: "Hora",
  who: "Quién",
  what: "Qué",
  about: "Sobre qué",
  address: "Desde",
  times: (count: string) => `${count} veces en un minuto`,
  onDay: (count: string, isOne: boolean, isAll: boolean) =>
    `${isAll ? "" : "al menos "}${count} ${isOne ? "entrada" : "entradas"}`,
  actors: {
    operator: "Operador, desde el servidor",
    system: "El sistema",
    anonymous: "Sin identificar",
    various: "Varios",
  },
  sessionOver: "Ya no vale",
  nothing: "Ninguna entrada con estos filtros",
  nothingNext: "Pruebe con otras fechas o quite un filtro.",
  emptyLog: "El registro todavía está vacío",

  technical: "Técnico",
  abouts: {
    train: "entrenar su modelo",
    trainAll: "Entrenar todas las cuentas",
    session: "Una sesión",
    sessionOf: (name: string) => `Sesión de ${name}`,
    reading: "Una consulta",
    writing: "Un cambio",
    deleting: "Una eliminación",
    codes: refusals,
  },
  entry: (number: string) => `Entrada ${number}`,
  number: "Número",
  when: "Cuándo",
  count: "Cuántas veces",
  actorId: "Número de usuario",
  request: "Número de solicitud",
  requestWhy: "Con él, quien administra el servidor encuentra la solicitud en sus registros.",
  details: "Ver detalles",
  onlyThisActor: "Ver solo lo de esta persona",
  onlyThisTarget: "Ver solo lo que trata de esto",

  csv: "Descargar CSV",
  csvName: "auditoria",
  csvFailed: "No se pudo descargar el registro",
  csvDone: "Registro descargado",

  chain: "¿Está completo el registro?",
  chainWhy:
    "Cada entrada lleva un sello que depende de todas las anteriores. Si alguien cambia o borra una en la base de datos, los sellos dejan de coincidir.",
  chainLimit:
    "Que falten las últimas, borradas junto con sus sellos, solo se nota con una copia del final guardada en otro lugar.",
  check: "Revisar ahora",
  checkAgain: "Revisar otra vez",
  checking: "Revisando cada sello…",
  whole: "Completo",
  wholeBody: (count: string, isOne: boolean) =>
    isOne
      ? "La única entrada coincide con su sello."
      : `Las ${count} entradas coinciden con sus sellos: ninguna se cambió ni falta.`,
  wholeEmpty: "Todavía no hay entradas que revisar.",
  broken: "No coincide",
  brokenBody: (seq: string) =>
    `Desde la entrada ${seq}, el registro no coincide con sus sellos: alguien cambió o borró algo. Avise a quien administra la plataforma y no borre nada.`,
  brokenEnd:
    "El final del registro no coincide con sus sellos. Avise a quien administra la plataforma y no borre nada.",
  head: (seq: string, when: string) => `Última entrada: la ${seq}, del ${when}.`,
  checkedAt: (time: string) => `Revisado a las ${time}.`,
};
