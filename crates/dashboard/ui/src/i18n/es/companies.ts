import type { components } from "../../api/schema";

type Words = components["schemas"];

export const companies = {
  title: "Empresas",
  lead: "Los bancos de esta instalación y su estado. Desde aquí no se ve ningún dato de negocio.",
  list: "Empresas",
  count: (count: string, isOne: boolean, isAll: boolean) =>
    `${count} ${isOne ? "empresa" : "empresas"}${isAll ? "" : " mostradas; hay más"}`,
  add: "Crear empresa",
  none: "Todavía no hay ninguna empresa",
  noneNext: "Cree la primera y después agregue a su administrador; él o ella agrega al resto.",
  name: "Nombre",
  zone: "Zona horaria",
  created: "Creada",
  state: "Estado",
  active: "En servicio",
  suspended: "Suspendida",
  actions: (company: string) => `Acciones para ${company}`,

  newTitle: "Crear una empresa",
  nameHint: "Único en la instalación.",
  zoneHint: "Donde terminan los días de sus datos.",
  create: "Crear",
  createdDone: (company: string) => `${company} creada`,
  createdNext: "Agregue ahora a su primer administrador.",
  exists: "Ya hay una empresa con ese nombre, o con uno muy parecido.",

  edit: "Cambiar nombre o zona",
  editTitle: (company: string) => `Cambiar ${company}`,
  zoneChange:
    "Con otra zona, los días de sus datos terminan a otra hora: los cierres de cada día y los pronósticos pueden cambiar.",
  saved: (company: string) => `${company}: cambios guardados`,
  overtakenBy: (who: string, when: string) =>
    `${who} cambió esta empresa antes que usted (${when}). Ya se muestran los datos nuevos: revíselos y repita su cambio si hace falta.`,
  overtaken:
    "Alguien cambió esta empresa antes que usted. Ya se muestran los datos nuevos: revíselos y repita su cambio si hace falta.",

  addAdmin: "Agregar administrador",
  log: "Ver su auditoría",

  suspend: "Suspender",
  suspendTitle: (company: string) => `¿Suspender ${company}?`,
  suspendBody:
    "Todas sus personas salen de inmediato y no pueden volver a entrar, y sus sesiones no se recuperan. Nada de lo suyo se borra.",
  suspendedDone: (company: string) => `${company} suspendida`,
  resume: "Reanudar",
  resumeTitle: (company: string) => `¿Reanudar ${company}?`,
  resumeBody: "Sus personas podrán entrar otra vez, con sus contraseñas. Encontrarán todo como estaba.",
  resumedDone: (company: string) => `${company} está en servicio otra vez`,
};

export const installation = {
  title: "Salud de la instalación",
  healthy: "Todo en orden",
  warning: "Con avisos",
  unhealthy: "Con fallas",
  checkedAt: (time: string) => `Visto a las ${time}`,
  state: { healthy: "Bien", warning: "Aviso", unhealthy: "Falla" },
  checks: {
    database: "Base de datos",
    clock: "Reloj",
    disk_space: "Espacio en disco",
    jwt: "Llaves de firma",
    redis: "Redis, lo que comparten los servidores",
  } as Record<string, string>,
  program: "Programa",
  version: "Versión",
  environment: "Entorno",
  environments: { production: "Producción", development: "Desarrollo" } satisfies Record<
    Words["EnvironmentWord"],
    string
  >,
  database: "Base de datos",
  databases: { sqlite: "SQLite", postgresql: "PostgreSQL" } satisfies Record<Words["DatabaseWord"], string>,
  uptime: "En marcha desde hace",
  migrations: "Esquema",
  upToDate: (applied: string) => `al día, ${applied} migraciones`,
  pending: (count: string, isOne: boolean) => (isOne ? "falta 1 migración" : `faltan ${count} migraciones`),
  pendingWhy: "El programa es más nuevo que la base de datos. Aplique las migraciones antes de seguir.",
  newer: (count: string, isOne: boolean) =>
    `La base de datos es más nueva que este programa: conoce ${count} ${isOne ? "migración" : "migraciones"} que él no.`,
  jobs: "Trabajos de todas las empresas",
  jobsWhy: "Cuántos hay en cada estado; no se ve de quién son.",
  jobStates: {
    queued: "En espera",
    running: "En curso",
    succeeded: "Terminados",
    failed: "Fallidos",
    cancelled: "Cancelados",
  } satisfies Record<Words["JobStateWord"], string>,
};
