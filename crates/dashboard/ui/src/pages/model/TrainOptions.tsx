import type { GridChoice, TrainableModel } from "../../api/models";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Select } from "../../components/Field";
import { useText } from "../../i18n/text";
import { useDraft } from "../../session/drafts";
import { ALL_TRAINABLE, GROUPS, TRAINABLE } from "./trainable";
import { useTraining } from "./TrainingProvider";

const GRIDS: readonly GridChoice[] = ["auto", "day", "hour"];

/** A training with some of the models, or on another step than the one that would be found. */
export function TrainOptions({ handle, onClose }: { handle: string; onClose: () => void }) {
  const t = useText();
  const { train, jobOf } = useTraining();
  const [models, setModels, clearModels] = useDraft<readonly TrainableModel[]>(`train.models.${handle}`, ALL_TRAINABLE);
  const [grid, setGrid, clearGrid] = useDraft<GridChoice>(`train.grid.${handle}`, "auto");
  const isGoing = jobOf(handle) !== undefined;

  const start = () => {
    // All of them is what a training does unless told, so that it also takes those of a newer server.
    train(handle, { ...(models.length < ALL_TRAINABLE.length && { models: [...models] }), grid });
    clearModels();
    clearGrid();
    onClose();
  };
  const toggle = (model: TrainableModel) =>
    setModels(models.includes(model) ? models.filter((one) => one !== model) : [...models, model]);

  return (
    <Dialog
      title={t.model.optionsTitle(handle)}
      icon="flask"
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button look="primary" icon="train" disabled={models.length === 0 || isGoing} busy={isGoing} onClick={start}>
            {t.training.train}
          </Button>
        </>
      }
    >
      <div className="stack-s">
        <div className="row between">
          <h3>{t.model.optionsModels}</h3>
          <span className="row-tight">
            <button type="button" className="link small" onClick={() => setModels(ALL_TRAINABLE)}>
              {t.model.optionsAll}
            </button>
            <button type="button" className="link small" onClick={() => setModels([])}>
              {t.model.optionsNothing}
            </button>
          </span>
        </div>
        <div className="model-choices">
          {GROUPS.map((group) => (
            <fieldset key={group}>
              <legend className="label">{t.model.optionsGroups[group]}</legend>
              {TRAINABLE[group].map((model) => (
                <label key={model} className="check">
                  <input type="checkbox" checked={models.includes(model)} onChange={() => toggle(model)} />
                  <span>{t.modelNames[model]}</span>
                </label>
              ))}
            </fieldset>
          ))}
        </div>
        <p className="hint" role="status">
          {models.length === 0
            ? t.model.optionsNone
            : models.length === 1
              ? t.model.optionsOne
              : t.model.optionsBaselines}
        </p>
      </div>
      <Select
        label={t.model.optionsGrid}
        hint={t.model.optionsGridHint}
        value={grid}
        onChange={(value) => setGrid(GRIDS.find((one) => one === value) ?? "auto")}
        options={GRIDS.map((value) => ({ value, text: t.model.optionsGrids[value] }))}
      />
    </Dialog>
  );
}
