import type { ComponentType } from "react";
import { lazy } from "react";
import type { IconName } from "../components/Icon";
import type { Dictionary } from "../i18n/es";
import type { Right } from "../session/rights";

interface Destination {
  path: string;
  /** The place in the side bar; a screen without one is reached from another. */
  entry?: { group: "main" | "administration"; icon: IconName; text: (t: Dictionary) => string };
  needs?: Right;
  page: ComponentType;
}

const Overview = lazy(() => import("../pages/overview/Overview"));
const Accounts = lazy(() => import("../pages/accounts/Accounts"));
const Account = lazy(() => import("../pages/account/Account"));
const Models = lazy(() => import("../pages/models/Models"));
const Model = lazy(() => import("../pages/model/Model"));
const DataOfAccounts = lazy(() => import("../pages/data/DataOfAccounts"));
const Data = lazy(() => import("../pages/data/Data"));
const People = lazy(() => import("../pages/people/People"));
const Person = lazy(() => import("../pages/people/Person"));
const Audit = lazy(() => import("../pages/audit/Audit"));
const Me = lazy(() => import("../pages/me/Me"));
const Companies = lazy(() => import("../pages/companies/Companies"));

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

/** The path of an account's screen. Names are whatever a company wrote, so they are always encoded. */
export const accountPath = (handle: string, screen: "" | "model" | "data" = ""): string =>
  `/accounts/${encodeURIComponent(handle)}${screen && `/${screen}`}`;
