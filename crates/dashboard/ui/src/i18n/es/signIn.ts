export const signIn = {
  title: "Entrar",
  username: "Usuario",
  password: "Contraseña",
  device: "Este dispositivo se llama",
  deviceWhy: "Para reconocerlo en su lista de sesiones.",
  wrong: "El usuario o la contraseña no son correctos. Revise ambos e intente de nuevo.",
  ended: "La sesión terminó. Entre de nuevo y volverá a esta misma vista, con lo que escribió.",
  endedPlain: "La sesión terminó. Entre de nuevo y volverá a esta misma vista.",
  elsewhere: "Su sesión se cerró desde otro lugar o por su administrador.",
  locked: "Demasiados intentos",
  lockedUntil: (time: string) => `La entrada desde este dispositivo está en pausa. Se abre sola a las ${time}.`,
  forgotten: "¿Olvidó la contraseña? El administrador de su banco le da una provisional.",
  promise: "Solo su banco ve sus cuentas. Cada entrada queda en el registro.",
  motto: "Cuántos seguidores, en qué fecha y con qué seguridad.",
};

export const password = {
  forcedTitle: "Elija su contraseña",
  forcedWhy: (username: string) =>
    `Otra persona puso la contraseña de ${username}. Elija una que solo usted conozca; después entra de inmediato.`,
  current: "Contraseña actual",
  next: "Contraseña nueva",
  again: "Contraseña nueva, otra vez",
  rules:
    "Lo más fácil: una frase de 15 letras o más. Más corta (8 como mínimo), lleva mayúscula, minúscula, número y signo.",
  different: "Las dos no son iguales.",
  change: "Cambiar la contraseña",
  changed: "Contraseña cambiada. Sus otras sesiones se cerraron.",
};

export const session = {
  endsSoon: "Su sesión está por terminar",
  idleWhy: "Por seguridad se cierra cuando nadie la usa. Lo que escribió se conserva.",
  absoluteWhy: "Toda sesión tiene un final. Entre de nuevo cuando le convenga; lo que escribió se conserva.",
  goOn: "Continuar",
  later: "Más tarde",
  signInAgain: "Entrar de nuevo",
  renewed: "Sesión renovada",
  notRenewed: "No se pudo renovar la sesión. Revise su conexión.",
  minutesLeft: (minutes: number) => (minutes === 1 ? "Queda 1 minuto" : `Quedan ${minutes} minutos`),
};

/** Where the page was opened by plain HTTP. */
export const insecure = {
  title: "Esta página necesita HTTPS",
  why: "La dirección que abrió no empieza con https: la conexión no está cifrada. Por ella su contraseña y los datos de su banco podrían leerse en el camino, y el navegador no guarda la sesión.",
  tryIt: "Pruebe con la misma dirección por HTTPS:",
  ask: "Si no abre, pida la dirección correcta a quien administra la plataforma.",
  operator: "Para quien administra la plataforma",
  operatorDo:
    "Dé al servidor un certificado TLS, o ponga delante uno que lo tenga, como explica la guía de despliegue (docs/deployment.md), y entregue la dirección que empieza con https.",
  operatorTry: "Para probar en el mismo equipo del servidor basta abrirla ahí por el nombre localhost.",
};
