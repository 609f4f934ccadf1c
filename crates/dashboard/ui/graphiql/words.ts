// The words of the line above GraphiQL, by the browser's language. GraphiQL itself speaks English only.

const es = {
  username: "Usuario",
  password: "Contraseña",
  logIn: "Iniciar sesión",
  logOut: "Cerrar sesión",
  whoIsLoggedIn: (username: string) => `Sesión de ${username}`,
  needed: "Inicie sesión para leer el esquema y consultar.",
  ended: "La sesión terminó. Inicie sesión otra vez.",
  unreachable: "No se pudo alcanzar el servidor.",
  firstQuery: ["Sus cuentas, y el pronóstico de siete días.", "Ctrl-Enter lo pide."],
};

const en: typeof es = {
  username: "Username",
  password: "Password",
  logIn: "Log in",
  logOut: "Log out",
  whoIsLoggedIn: (username) => `Logged in as ${username}`,
  needed: "Log in to read the schema and to ask.",
  ended: "The session has ended. Log in again.",
  unreachable: "The server could not be reached.",
  firstQuery: ["Your accounts, and the forecast for seven days.", "Ctrl-Enter asks for it."],
};

export const language = navigator.language.startsWith("en") ? "en" : "es";
export const words = language === "en" ? en : es;
