// Makes the data that every test begins with, in the folder that ATALAYA_SEED names: the demonstration, users of each
// role, an account without a model, one without data, tables with records, and a bank without accounts.
import { mkdir } from "node:fs/promises";
import { Client } from "./client.mjs";
import { PEOPLE } from "./people.mjs";
import { Program } from "./program.mjs";
import { history } from "./series.mjs";
import { defineTables } from "./tables.mjs";

await mkdir(process.env.ATALAYA_SEED, { recursive: true });
const program = await Program.in(process.env.ATALAYA_SEED);
try {
  const { superadmin, admin, user, viewer, newcomer, beginner } = PEOPLE;
  await program.run(["user", "create", superadmin.username, "--superadmin"], `${superadmin.password}\n`);

  const bank = await Client.login(program.url, admin);
  await bank.ok("POST", "/accounts", { cuenta: "interbank_pymes", nombre: "Interbank Pymes", plataforma: "Instagram" });
  await bank.ok("POST", "/accounts/interbank_pymes/observations", history(120));
  await bank.ok("POST", "/accounts", { cuenta: "interbank_vacia", nombre: "Sin datos todavía", plataforma: "TikTok" });
  const assigned = { cuentas: ["Interbank", "interbank_pymes"] };
  await bank.ok("POST", "/auth/register", { ...user, rol: "user", ...assigned });
  await bank.ok("POST", "/auth/register", { ...viewer, rol: "viewer", ...assigned });
  await bank.ok("POST", "/auth/register", { ...beginner, rol: "viewer", must_change_password: true });

  await defineTables(bank);

  const platform = await Client.login(program.url, superadmin);
  const { empresa_id } = await platform.ok("POST", "/companies", { empresa_nombre: "Banco Nuevo" });
  await platform.ok("POST", "/auth/register", { ...newcomer, rol: "admin", empresa_id });
} finally {
  await program.stop();
}
