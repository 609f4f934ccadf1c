export const common = {
  loading: "Cargando",
  failed: "No se pudo mostrar",
  failedUnknown: "Algo falló en esta página. Intente de nuevo; si sigue igual, avise a su administrador.",
  forbidden: "Su rol no permite ver esto",
  forbiddenAccount: "Esta cuenta no está entre las suyas",
  forbiddenNext: "Si lo necesita para su trabajo, pídalo al administrador de su banco.",
  requestId: "Para pedir ayuda, mencione el número",
  retry: "Intentar de nuevo",
  show: "Mostrar",
  hide: "Ocultar",
  cancel: "Cancelar",
  close: "Cerrar",
  save: "Guardar",
  saved: "Guardado",
  copy: "Copiar",
  copied: "Copiado",
  download: "Descargar",
  more: "Ver más",
  none: "Ninguno",
  yes: "Sí",
  no: "No",
  unknown: "no se conoce",
  typeToConfirm: (word: string) => `Para confirmar, escriba ${word}`,
};

export const nav = {
  main: "Principal",
  administration: "Administración",
  overview: "Resumen",
  accounts: "Cuentas",
  models: "Modelos",
  data: "Datos",
  tables: "Tablas",
  digits: "Leer dígitos",
  people: "Personas",
  audit: "Auditoría",
  companies: "Empresas",
  me: "Mi cuenta de usuario",
};

export const roles = {
  superadmin: "Superadministrador",
  admin: "Administrador",
  user: "Usuario",
  viewer: "Lector",
};

export const shell = {
  skip: "Ir al contenido",
  menu: "Menú",
  platform: "Plataforma",
  zone: (place: string) => `hora de ${place}`,
  universalTime: "hora universal (UTC)",
  findAccount: "Ir a una cuenta",
  noAccountFound: "Ninguna cuenta se llama así.",
  otherLanguage: "Read in English",
  lightTheme: "Tema claro",
  darkTheme: "Tema oscuro",
  signOut: "Cerrar sesión",
  busy: "El servidor no puede decir ahora si su sesión continúa. La página vuelve a preguntar por su cuenta.",
  lost: "Sin conexión con el servidor. Lo que ve se conserva; la página sigue intentando por su cuenta.",
  noScreen: "Esta página no existe",
  noScreenNext: "La dirección puede estar mal escrita, o la página cambió de lugar.",
  toStart: "Ir al inicio",
};

export const notices = {
  refresh_replayed: (device: string, at: string) =>
    `Alguien volvió a usar una llave vieja de su sesión «${device}» (${at}). Por seguridad, esa sesión se cerró. Si no fue usted, cambie su contraseña.`,
  unnamedDevice: "sin nombre",
  read: "Entendido",
};

export const dateField = {
  pattern: "dd/mm/aaaa",
  choose: "Elegir una fecha",
  open: (label: string) => `Abrir el calendario: ${label}`,
  previousMonth: "Mes anterior",
  nextMonth: "Mes siguiente",
  invalid: "Escriba una fecha que exista, como 31/01/2027.",
  outside: (min: string | undefined, max: string | undefined) =>
    min && max
      ? `Elija una fecha entre el ${min} y el ${max}.`
      : min
        ? `La primera fecha posible es el ${min}.`
        : `La última fecha posible es el ${max}.`,
};
