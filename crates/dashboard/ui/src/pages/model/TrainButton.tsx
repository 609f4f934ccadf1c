import { Button } from "../../components/Button";
import { useText } from "../../i18n/text";
import { may } from "../../session/rights";
import { useWho } from "../../session/useSession";
import { useTraining } from "./TrainingProvider";
import { useProgressText } from "./useProgressText";

/** Trains the account's model with everything as it comes. Absent for whoever may not train. */
export function TrainButton({ handle, small = false }: { handle: string; small?: boolean }) {
  const t = useText();
  const { rol } = useWho();
  const { jobOf, train, asking } = useTraining();
  const progress = useProgressText();
  if (!may(rol, "manage") || !may(rol, "read-forecasts")) return null;
  const job = jobOf(handle);
  return (
    <Button icon="train" small={small} busy={job !== undefined || asking === handle} onClick={() => train(handle)}>
      {job ? `${t.training.going} · ${progress(job)}` : t.training.train}
    </Button>
  );
}
