import type { RefObject } from "react";
import type { Daily } from "../../api/daily";
import type { Path, PathRow } from "../../api/forecasts";
import { pictureOf, ratioFor } from "../../charts/picture";
import type { PlotHandle } from "../../charts/Plot";
import { fileNamePart, saveFile } from "../../charts/save";
import { Icon } from "../../components/Icon";
import { Menu } from "../../components/Menu";
import { useToast } from "../../components/Toast";
import { dayIn, dayOf, placeOf } from "../../format/dates";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { accountCsv } from "./exports";
import { pictureLegend } from "./legend";
import type { Marks } from "./marks";
import type { Timeline } from "./timeline";
import type { AccountView } from "./view";

interface Props {
  handle: string;
  name: string;
  daily: Daily;
  path: Path | null | undefined;
  /** The forecast up to the horizon. */
  rows: readonly PathRow[];
  timeline: Timeline;
  marks: Marks;
  goal: number | null;
  plot: RefObject<PlotHandle | null>;
  settings: AccountView;
}

export function ExportMenu({ handle, name, daily, path, rows, timeline, marks, goal, plot, settings }: Props) {
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
      legend: pictureLegend({ timeline, view: [from, to], marks, goal }, settings, t),
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
