import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { mountField, type MountedField } from "../../testing/typing";
import { RecordPicker } from "./RecordPicker";

const CITIES = ["Arequipa", "Cusco", "Lima"].map((name) => ({ id: name.toLowerCase(), display_value: name }));

vi.mock("../../api/client", () => ({
  api: {
    GET: async (_path: string, { params }: { params: { query: { search?: string } } }) => {
      const part = (params.query.search ?? "").toLowerCase();
      return CITIES.filter(({ id }) => id.includes(part));
    },
  },
  call: (answer: Promise<unknown>) => answer,
}));

const onChange = vi.fn();
let page: MountedField;

const options = () => [...page.box.querySelectorAll("[role=option]")].map((option) => option.textContent);

beforeAll(() => import("../../i18n/es"));
beforeEach(async () => {
  onChange.mockReset();
  const target = { field: "ciudad", entity: "ciudades", displayField: "nombre" };
  page = await mountField(<RecordPicker target={target} name="" onChange={onChange} />);
  await page.settle();
});
afterEach(() => page.unmount());

it("takes what was typed where Enter comes before the answer", async () => {
  page.type("cus");
  expect(options()).toEqual(["Arequipa", "Cusco", "Lima"]);
  page.press("Enter");
  expect(onChange).not.toHaveBeenCalled();
  await page.settle();
  expect(onChange.mock.calls).toEqual([["cusco"]]);
  expect(page.field().getAttribute("aria-expanded")).toBe("false");
});

it("takes nothing where no record is called so, or the list was closed before the answer", async () => {
  page.type("piura");
  page.press("Enter");
  await page.settle();
  page.type("lima");
  page.press("Enter");
  page.press("Escape");
  await page.settle();
  expect(onChange).not.toHaveBeenCalled();
});
