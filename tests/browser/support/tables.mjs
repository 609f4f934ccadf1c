// Tables as a bank could have defined them: one with a field of each type, one that it points to, one without fields.

const FIELDS = [
  { name: "nombre", display_name: "Nombre", field_type: "TEXT", is_required: true, max_length: 100 },
  { name: "inicio", display_name: "Inicio", field_type: "DATE" },
  { name: "apertura", display_name: "Apertura de tiendas", field_type: "DATETIME" },
  { name: "gasto", display_name: "Gasto en soles", field_type: "NUMBER", min: 0 },
  { name: "piezas", display_name: "Piezas", field_type: "INTEGER" },
  { name: "canal", display_name: "Canal", field_type: "CHOICE", choices: ["Radio", "Redes", "Televisión"] },
  { name: "activa", display_name: "Activa", field_type: "BOOLEAN" },
  { name: "notas", display_name: "Notas", field_type: "TEXT", max_length: 2000 },
];

const CITIES = ["Arequipa", "Cusco", "Lima", "Piura"];

const CAMPAIGNS = [
  ["Verano sin comisiones", "2026-01-05", "2026-01-05T09:00:00-05:00", 125000.5, 24, "Televisión", true],
  ["Día de la madre", "2026-05-03", "2026-05-03T10:30:00-05:00", 48200, 12, "Redes", false],
  ["Fiestas Patrias", "2026-07-15", null, 230750.25, 31, "Radio", true],
  ["Cierra puertas", "2026-08-20", "2026-08-20T08:00:00-05:00", 9800, null, null, null],
  ["Campaña escolar", "2027-02-01", null, null, 8, "Redes", true],
];

/** Defines a table, whatever fields there are, and gives it records. */
export async function define(client, { fields = [], records = [], ...about }) {
  const table = await client.ok("POST", "/api/metadata/entities", about);
  for (const field of fields) await client.ok("POST", `/api/metadata/entities/${table.id}/fields`, field);
  const made = [];
  for (const data of records) made.push(await client.ok("POST", `/api/entities/${table.id}/records`, { data }));
  return { ...table, records: made };
}

/** What every test begins with. */
export async function defineTables(client) {
  const cities = await define(client, {
    name: "ciudad",
    display_name: "Ciudades",
    fields: [{ name: "nombre", display_name: "Nombre", field_type: "TEXT", is_required: true, unique: true }],
    records: CITIES.map((nombre) => ({ nombre })),
  });
  const city = {
    name: "ciudad",
    display_name: "Ciudad",
    field_type: "RELATION",
    target_entity_id: cities.id,
    target_display_field: "nombre",
  };
  const campaigns = await define(client, {
    name: "campana",
    display_name: "Campañas",
    description: "Lo que marketing anuncia, y cuánto cuesta.",
    fields: [...FIELDS, city],
    records: CAMPAIGNS.map(([nombre, inicio, apertura, gasto, piezas, canal, activa], at) => {
      const ciudad = cities.records[at % CITIES.length].id;
      return { nombre, inicio, apertura, gasto, piezas, canal, activa, ciudad };
    }),
  });
  const costly = { field: "gasto", op: "gte", value: 10000 };
  const view = {
    name: "Las de mucho gasto",
    shared: true,
    filter: costly,
    sort: ["-gasto"],
    fields: ["nombre", "gasto"],
  };
  await client.ok("POST", `/api/entities/${campaigns.id}/views`, view);
  const [first, , , , last] = campaigns.records;
  const campaign = (id) => `/api/entities/${campaigns.id}/records/${id}`;
  await client.ok("PATCH", campaign(first.id), { data: { gasto: 131000, notas: "Se amplió una semana." } });
  await client.ok("DELETE", campaign(last.id));
  const gone = { name: "borrador", display_name: "Borrador", description: "Una prueba." };
  const draft = await define(client, gone);
  await client.ok("DELETE", `/api/metadata/entities/${draft.id}`);
  await define(client, { name: "responsable", display_name: "Responsables" });
}
