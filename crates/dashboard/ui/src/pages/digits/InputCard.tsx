import { Tabs } from "../../components/Tabs";
import { useUrlState } from "../../components/useUrlState";
import { useText } from "../../i18n/text";
import { DrawPanel } from "./DrawPanel";
import { FaultNote } from "./FaultNote";
import { PictureZone } from "./PictureZone";
import type { Work } from "./useWork";

type Mode = "image" | "draw";

/** The ways to give a number: a picture of it, or writing it here. */
export function InputCard({ work, isOver }: { work: Work; isOver: boolean }) {
  const t = useText().digits;
  const [mode, setMode] = useUrlState<Mode>("mode", "image");
  return (
    <section className="dg-input" aria-label={t.input}>
      <Tabs
        label={t.input}
        value={mode === "draw" ? "draw" : "image"}
        onChange={(next) => {
          work.say(null);
          setMode(next);
        }}
        tabs={[
          { value: "image", text: t.modes.image },
          { value: "draw", text: t.modes.draw },
        ]}
      >
        {work.fault && <FaultNote fault={work.fault} onShrink={work.readShrunk} isBusy={work.isPreparing} />}
        {mode === "draw" ? (
          <DrawPanel onPicture={work.read} isOver={isOver} />
        ) : (
          <PictureZone onFiles={work.take} isOver={isOver} isBusy={work.isPreparing} />
        )}
      </Tabs>
    </section>
  );
}
