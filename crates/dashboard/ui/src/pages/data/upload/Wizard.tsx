import { useState } from "react";
import { useStore, type Stored } from "../../../api/observations";
import { useToast } from "../../../components/Toast";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { leaveDraft, useDraft } from "../../../session/drafts";
import { Head } from "../Head";
import { ChooseStep } from "./ChooseStep";
import { DoneStep } from "./DoneStep";
import { ReviewStep } from "./ReviewStep";
import { pastedKey, readAgain, sourceKey, type Source } from "./source";
import { Steps } from "./Steps";
import { useFileChoice } from "./useFileChoice";
import { useStep, useTopOfStep } from "./useStep";

/** Three steps: a table is chosen, tried out and stored. Going back keeps the table. */
export function Wizard({ handle }: { handle: string }) {
  const t = useText();
  const format = useFormat();
  const toast = useToast();
  const [source, setSource, forgetSource] = useDraft<Source | null>(sourceKey(handle), null);
  const [stored, setStored] = useState<Stored | null>(null);
  const [wanted, go] = useStep();
  const { store, progress } = useStore(handle, ({ inserted, updated }) => {
    // Told also to somebody who has gone to another screen meanwhile.
    toast("ok", t.data.store.toast(inserted + updated, format.number(inserted + updated)), handle);
    leaveDraft(sourceKey(handle), null);
    leaveDraft(pastedKey(handle), "");
  });
  const step = wanted === "done" && stored ? "done" : wanted !== "file" && source ? "review" : "file";
  useTopOfStep(step);

  const choose = (next: Source) => {
    store.reset();
    setSource(next);
    if (step !== "review") go("review");
  };
  const { choice, input } = useFileChoice(choose);
  const reviewAgain = async (table: Source) => {
    const read = await readAgain(table);
    if (read) return choose(read);
    choice.say(t.data.file.hasChanged);
    choice.open();
  };
  const other = () => {
    go("file");
    choice.open();
  };
  const keep = (table: Source, leavesOut: boolean) =>
    store.mutate(
      { body: table.body, options: table, leavesOut, key: leavesOut ? `${table.id}-sound` : table.id },
      {
        onSuccess: (answer) => {
          setStored(answer);
          forgetSource();
          go("done");
        },
      },
    );

  return (
    <>
      <Head handle={handle} view="upload">
        <Steps step={step} />
      </Head>
      {input}
      {step === "file" && (
        <ChooseStep
          handle={handle}
          source={source}
          choice={choice}
          onSource={choose}
          onReview={() => source && void reviewAgain(source)}
          onRemove={forgetSource}
        />
      )}
      {step === "review" && source && (
        <ReviewStep
          handle={handle}
          source={source}
          onSource={choose}
          onOther={other}
          storing={{ isBusy: store.isPending, progress, error: store.error }}
          onStore={(leavesOut) => keep(source, leavesOut)}
        />
      )}
      {step === "done" && stored && <DoneStep handle={handle} stored={stored} onAnother={() => go("file")} />}
    </>
  );
}
