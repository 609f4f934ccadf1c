import type { RefObject } from "react";
import type { Daily } from "../../api/daily";
import type { Path, PathRow } from "../../api/forecasts";
import type { View } from "../../charts/geometry";
import { pictureOf, ratioFor, type LegendEntry } from "../../charts/picture";
import type { PlotHandle } from "../../charts/Plot";
import { fileNamePart, saveFile } from "../../charts/save";
import { Icon } from "../../components/Icon";
import { Menu } from "../../components/Menu";
import { useToast } from "../../components/Toast";
import { dayIn, dayOf, placeOf } from "../../format/dates";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import type { Dictionary } from "../../i18n/es";
import { accountCsv } from "./exports";
import type { Marks } from "./marks";
import { LAYERS, type AccountView, type Layer } from "./view";

interface Props {
  handle: string;
  name: string;
  daily: Daily;
  path: Path | null | undefined;
  /** The forecast up to the horizon. */
  rows: readonly PathRow[];
  marks: Marks;
  plot: RefObject<PlotHandle | null>;
  settings: AccountView;
}

export function ExportMenu({ handle, name, daily, path, rows, marks, plot, settings }: Props) {
  const t = useText();
  const f = useFormat();
  const toast = useToast();
  const zone = daily.zona_horaria;
  const fileName = (ending: string) => `${fileNamePart(handle)}_${dayIn(new Date(), zone)}.${ending}`;
  const save = (file: string, content: Blob) => {
    saveFile(content, file);
    toast("ok", t.account.exported, file);
  };

  const saveCsv = () => {
    const csv = accountCsv(daily, rows, marks, t, f);
    save(fileName("csv"), new Blob([csv], { type: "text/csv;charset=utf-8" }));
  };
  const savePicture = async () => {
    if (!plot.current) return toast("info", t.account.exportFailed, t.account.pictureNeedsChart);
    const [from, to] = plot.current.view();
    const ratio = ratioFor(plot.current.width(), devicePixelRatio);
    const chart = await plot.current.picture(ratio);
    const source = path ? t.account.pictureModel(path.model_version) : t.account.noModel;
    const last = daily.days.at(-1);
    const until = last ? (last.complete ? t.account.endOf : t.account.soFarOn)(f.day(last.fecha)) : "–";
    const png = await pictureOf(chart, ratio, {
      title: t.account.pictureTitle(name),
      subtitle: t.account.pictureUnits(placeOf(zone), f.day(dayOf(from)), f.day(dayOf(to)), settings.isIndexed),
      legend: legendOf(settings, path, rows, marks, [from, to], t),
      notes: [
        settings.isFromZero ? t.charts.axisFromZero : t.charts.axisNotFromZero,
        ...(path?.warning_texts ?? []).map(({ message }) => message),
        t.account.pictureSource(source, until, f.moment(new Date().toISOString())),
      ],
    });
    save(fileName("png"), png);
  };
  const item = (icon: "file" | "image" | "print", text: string) => (
    <>
      <Icon name={icon} />
      {text}
    </>
  );
  return (
    <Menu
      className="btn btn-primary"
      button={
        <>
          <Icon name="download" />
          {t.account.export}
          <Icon name="down" small />
        </>
      }
      items={[
        { text: item("file", t.account.exportCsv), onSelect: saveCsv },
        {
          text: item("image", t.account.exportPng),
          onSelect: () => void savePicture().catch(() => toast("bad", t.account.exportFailed)),
        },
        // The menu is closed first, so that it is not on the paper.
        { text: item("print", t.account.exportPrint), onSelect: () => setTimeout(() => print(), 0) },
      ]}
    />
  );
}

const KEYS: Record<Layer, Omit<LegendEntry, "text">> = {
  forecast: { as: "line", color: "c-forecast" },
  band80: { as: "box", color: "c-band80" },
  band95: { as: "box", color: "c-band95" },
  baseline: { as: "dashed", color: "c-base" },
  goal: { as: "dashed", color: "goal" },
  unusual: { as: "ring", color: "bad" },
  events: { as: "diamond", color: "accent" },
  holidays: { as: "triangle", color: "warn" },
  shifts: { as: "dashed", color: "warn" },
};

/** What the picture shows, the observed line first. */
function legendOf(
  { off, isCompared }: AccountView,
  path: Path | null | undefined,
  rows: readonly PathRow[],
  marks: Marks,
  [from, to]: View,
  t: Dictionary,
): LegendEntry[] {
  const inView = (...all: ReadonlyMap<number, unknown>[]) =>
    all.some((days) => [...days.keys()].some((day) => day >= from && day <= to));
  const isDrawn: Record<Layer, boolean> = {
    forecast: rows.length > 0,
    band80: rows.length > 0,
    band95: rows.length > 0,
    baseline: rows.length > 0,
    goal: Boolean(path),
    unusual: inView(marks.anomalies, marks.outliers),
    events: inView(marks.events),
    holidays: inView(marks.holidays),
    shifts: inView(marks.shifts),
  };
  const shown = LAYERS.filter((layer) => isDrawn[layer] && !off.has(layer));
  return [
    { text: t.account.observedWord, as: "line", color: "c-history" },
    ...(isCompared ? [{ text: t.account.periodBefore, as: "dashed", color: "ink-3" } as const] : []),
    ...shown.map((layer) => ({ text: t.account.layers[layer], ...KEYS[layer] })),
  ];
}
