import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Table } from "../../api/tables";
import { send } from "../../api/transport";
import { PointingCard } from "./PointingCard";
import { TestPage } from "../../testing/testPage";

vi.mock("../../api/transport");
vi.mock("../../session/session", () => ({ session: { token: async () => "t" } }));

const city = { id: "t-city", display_name: "Ciudades", fields: [] } as unknown as Table;
const relation = (id: string, target_entity_id: string | null) =>
  ({ id, name: id, display_name: `Campo ${id}`, field_type: "RELATION", target_entity_id }) as const;
const campaigns = {
  id: "t-campaign",
  display_name: "Campañas",
  fields: [
    { id: "f-name", name: "nombre", display_name: "Nombre", field_type: "TEXT" },
    relation("f-city", "t-city"),
    relation("f-other", "t-other"),
    relation("f-gone", null),
  ],
} as unknown as Table;

let page: TestPage;
let tables: Table[];
let asked: URL[];
const answer = { items: [] as object[], total: 0, total_exact: true };

beforeEach(() => {
  page = new TestPage();
  [tables, asked] = [[campaigns, city], []];
  Object.assign(answer, { items: [], total: 0 });
  vi.mocked(send).mockImplementation(async ({ url }) => {
    if (!url.includes("/records")) return Response.json(tables);
    asked.push(new URL(url));
    return Response.json(answer);
  });
});
afterEach(() => page.leave());

test("the records that point to one are named, with a way to all of them", async () => {
  Object.assign(answer, { items: [{ id: "r-1", data: { "f-name": "Verano", "f-city": "r-lima" } }], total: 7 });
  await page.show(<PointingCard table={city} record="r-lima" />);
  await vi.waitFor(() => expect(page.text).toContain("Verano"));
  expect(asked).toHaveLength(1);
  expect(asked[0]?.pathname).toBe("/api/entities/t-campaign/records");
  expect(asked[0]?.searchParams.get("filter[f-city][eq]")).toBe("r-lima");
  expect(page.text).toContain("Campañas · Campo f-city");
  const ways = [...page.box.querySelectorAll("a")].map((way) => decodeURIComponent(way.getAttribute("href") ?? ""));
  expect(ways).toEqual(["/tables/t-campaign/records/r-1", "/tables/t-campaign?filter[f-city][eq]=r-lima"]);
  expect(page.text).toContain("7 registros");
});

test("where none points, it says so", async () => {
  await page.show(<PointingCard table={city} record="r-lima" />);
  await vi.waitFor(() => expect(page.text).toContain("Ninguno"));
});

test("where no field can point to the table, there is nothing", async () => {
  await page.show(
    <>
      <i />
      <PointingCard table={campaigns} record="r-1" />
    </>,
  );
  expect(page.text).toBe("");
  expect(asked).toEqual([]);
});
