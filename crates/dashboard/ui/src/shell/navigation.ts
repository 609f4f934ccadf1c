import type { ComponentType } from "react";
import { deferred, type Deferred } from "../components/deferred";
import type { IconName } from "../components/Icon";
import { PageSkeleton } from "../components/States";
import type { Dictionary } from "../i18n/es";
import type { Right } from "../session/rights";

interface Destination {
  path: string;
  /** The place in the side bar; a screen without one is reached from another. */
  entry?: { group: "main" | "administration"; icon: IconName; text: (t: Dictionary) => string };
  needs?: Right;
  page: Deferred<object>;
}

const page = (load: () => Promise<{ default: ComponentType }>) => deferred<object>(load, PageSkeleton);

const Overview = page(() => import("../pages/overview/Overview"));
const Accounts = page(() => import("../pages/accounts/Accounts"));
const Account = page(() => import("../pages/account/Account"));
const Models = page(() => import("../pages/models/Models"));
const Model = page(() => import("../pages/model/Model"));
const DataOfAccounts = page(() => import("../pages/data/DataOfAccounts"));
const Data = page(() => import("../pages/data/Data"));
const Tables = page(() => import("../pages/tables/Tables"));
const TablesTrash = page(() => import("../pages/tables/TablesTrash"));
const Grid = page(() => import("../pages/table/Grid"));
const Definition = page(() => import("../pages/table/Definition"));
const RecordsTrash = page(() => import("../pages/table/RecordsTrash"));
const Import = page(() => import("../pages/table/import/Import"));
const RecordPage = page(() => import("../pages/table/RecordPage"));
const Digits = page(() => import("../pages/digits/Digits"));
const People = page(() => import("../pages/people/People"));
const Person = page(() => import("../pages/people/Person"));
const Audit = page(() => import("../pages/audit/Audit"));
const Me = page(() => import("../pages/me/Me"));
const Companies = page(() => import("../pages/companies/Companies"));

/** Every screen, in the order of the side bar. A new one is a line here. */
export const SCREENS: readonly Destination[] = [
  {
    path: "/",
    needs: "read-forecasts",
    page: Overview,
    entry: { group: "main", icon: "home", text: (t) => t.nav.overview },
  },
  {
    path: "/accounts",
    needs: "read-forecasts",
    page: Accounts,
    entry: { group: "main", icon: "account", text: (t) => t.nav.accounts },
  },
  { path: "/accounts/:handle", needs: "read-forecasts", page: Account },
  {
    path: "/models",
    needs: "read-forecasts",
    page: Models,
    entry: { group: "main", icon: "model", text: (t) => t.nav.models },
  },
  { path: "/accounts/:handle/model", needs: "read-forecasts", page: Model },
  {
    path: "/data",
    needs: "write-data",
    page: DataOfAccounts,
    entry: { group: "main", icon: "data", text: (t) => t.nav.data },
  },
  { path: "/accounts/:handle/data", needs: "write-data", page: Data },
  {
    path: "/tables",
    needs: "read-records",
    page: Tables,
    entry: { group: "main", icon: "table", text: (t) => t.nav.tables },
  },
  { path: "/tables/trash", needs: "define-tables", page: TablesTrash },
  { path: "/tables/:id", needs: "read-records", page: Grid },
  { path: "/tables/:id/definition", needs: "define-tables", page: Definition },
  { path: "/tables/:id/trash", needs: "read-records", page: RecordsTrash },
  { path: "/tables/:id/import", needs: "write-records", page: Import },
  { path: "/tables/:id/records/:record", needs: "read-records", page: RecordPage },
  {
    path: "/digits",
    needs: "read-digits",
    page: Digits,
    entry: { group: "main", icon: "digits", text: (t) => t.nav.digits },
  },
  {
    path: "/people",
    needs: "manage",
    page: People,
    entry: { group: "administration", icon: "people", text: (t) => t.nav.people },
  },
  { path: "/people/:id", needs: "manage", page: Person },
  {
    path: "/audit",
    needs: "read-audit",
    page: Audit,
    entry: { group: "administration", icon: "audit", text: (t) => t.nav.audit },
  },
  {
    path: "/companies",
    needs: "platform",
    page: Companies,
    entry: { group: "administration", icon: "building", text: (t) => t.nav.companies },
  },
  { path: "/me", page: Me },
];

/** Whether a path is one of the pattern: the same parts, `:name` for any. */
function isOf(pattern: string, path: string): boolean {
  const [wanted, found] = [pattern, path].map((text) => text.split("/").filter((part) => part !== ""));
  if (wanted === undefined || found === undefined || wanted.length !== found.length) return false;
  return wanted.every((part, place) => part.startsWith(":") || part === found[place]);
}

/** Begins to load the screen of that path, before whoever may see it is known. */
export function preloadScreen(path: string): void {
  const screen = SCREENS.find((screen) => isOf(screen.path, path));
  // Whoever shows the screen is told of a failure.
  void screen?.page.preload().catch(() => undefined);
}

/** The path of an account's screen. Names are whatever a company wrote, so they are always encoded. */
export const accountPath = (handle: string, screen: "" | "model" | "data" = ""): string =>
  `/accounts/${encodeURIComponent(handle)}${screen && `/${screen}`}`;
