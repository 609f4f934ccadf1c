// Who may sign in: the demonstration's administrator, and those whom `seed.mjs` adds.

const PASSWORD = "Una-Clave-2026";
const seeded = (username) => ({ username, password: PASSWORD });

export const PEOPLE = {
  admin: { username: "admin_interbank", password: "password123" },
  user: seeded("redactor"),
  viewer: seeded("lectora"),
  superadmin: seeded("operador"),
  /** Administrator of a bank without accounts. */
  newcomer: seeded("admin_nuevo"),
  /** Has to choose a password first. */
  beginner: seeded("recien_llegada"),
};

export const NEW_PASSWORD = "Tres-Faros-Sobre-El-Mar";
