import { useState } from "react";
import type { ImportOptions } from "../../../api/importOptions";
import { useImport, type ImportAnswer } from "../../../api/imports";
import { Unreachable } from "../../../api/problem";
import type { Table } from "../../../api/tables";
import { usePageTitle } from "../../../components/usePageTitle";
import { useToast } from "../../../components/Toast";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { leaveDraft, useDraft } from "../../../session/drafts";
import { readAgain, type Source } from "../../data/upload/source";
import { Steps } from "../../data/upload/Steps";
import { useFileChoice } from "../../data/upload/useFileChoice";
import { useStep, useTopOfStep } from "../../data/upload/useStep";
import { TableHead } from "../TableHead";
import { ChooseFile } from "./ChooseFile";
import { chosenKey, chosenOf, type Chosen } from "./chosen";
import { Imported } from "./Imported";
import { ReviewStep } from "./ReviewStep";

/** Three steps: a file is chosen, tried out and imported. Going back keeps the file and what was told of it. */
export function ImportWizard({ table }: { table: Table }) {
  const t = useText();
  const format = useFormat();
  const toast = useToast();
  const title = t.imports.title(table.display_name);
  usePageTitle(title);
  const [chosen, setChosen, forget] = useDraft<Chosen | null>(chosenKey(table.id), null);
  const [imported, setImported] = useState<ImportAnswer | null>(null);
  const [wanted, go] = useStep();
  const { store, progress } = useImport(table.id, ({ created, changed }) => {
    // Told also to somebody who has gone to another screen meanwhile.
    toast("ok", t.data.store.toast(created + changed, format.number(created + changed)), table.display_name);
    leaveDraft(chosenKey(table.id), null);
  });
  const step = wanted === "done" && imported ? "done" : wanted !== "file" && chosen ? "review" : "file";
  useTopOfStep(step);

  const choose = (source: Source, options?: ImportOptions) => {
    store.reset();
    setChosen(chosenOf(source, options));
    if (step !== "review") go("review");
  };
  const { choice, input } = useFileChoice(choose);
  const reviewAgain = async ({ source, options }: Chosen) => {
    const read = await readAgain(source);
    if (read) return choose(read, options);
    choice.say(t.data.file.hasChanged);
    choice.open();
  };
  const other = () => {
    go("file");
    choice.open();
  };
  const keep = ({ id, source, options }: Chosen, leavesOut: boolean) =>
    store.mutate(
      { id, body: source.body, options, leavesOut },
      {
        onSuccess: (answer) => {
          setImported(answer);
          forget();
          go("done");
        },
        onError: (error) => {
          // What was refused is no longer as the trial said, so that it is tried out once more.
          if (!(error instanceof Unreachable)) setChosen(chosenOf(source, options));
        },
      },
    );

  return (
    <>
      <TableHead title={title} below={{ table, what: t.imports.what }} actions={<Steps step={step} />} />
      {input}
      {step === "file" && (
        <ChooseFile
          chosen={chosen}
          choice={choice}
          onReview={() => chosen && void reviewAgain(chosen)}
          onRemove={forget}
        />
      )}
      {step === "review" && chosen && (
        <ReviewStep
          table={table}
          chosen={chosen}
          onOptions={(options) => choose(chosen.source, options)}
          onOther={other}
          storing={{ isBusy: store.isPending, progress, error: store.error }}
          onStore={(leavesOut) => keep(chosen, leavesOut)}
        />
      )}
      {step === "done" && imported && <Imported table={table} answer={imported} onAnother={() => go("file")} />}
    </>
  );
}
