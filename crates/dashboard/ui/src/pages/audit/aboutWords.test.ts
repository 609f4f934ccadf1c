import { expect, it } from "vitest";
import type { AuditEntry } from "../../api/audit";
import type { Format } from "../../format/useFormat";
import { es } from "../../i18n/es";
import { aboutOf } from "./aboutWords";

const about = (target: string, action: AuditEntry["action"] = "login") =>
  aboutOf({ target, action, actor: "luis" } as AuditEntry, es, { number: String } as unknown as Format);

it("tells what an entry is about in words", () => {
  expect(about("andino: train")).toBe("andino: entrenar su modelo");
  expect(about("train_all")).toBe("Entrenar todas las cuentas");
  expect(about("019905d2-6f00-7000-8000-000000000003", "logout")).toBe("Sesión de luis");
  expect(about("pedro_rios 019905d2-6f00-7000-8000-000000000003", "refresh_refused")).toBe("Sesión de pedro_rios");
  expect(about("POST /accounts: ACCOUNT_EXISTS")).toBe("Un cambio: la cuenta ya existe");
  expect(about("GET /audit")).toBe("Una consulta");
  expect(about("andino")).toBe("andino");
});
