import { Button } from "../../components/Button";
import { useText } from "../../i18n/text";
import { may } from "../../session/rights";
import { useWho } from "../../session/useSession";
import { useTraining } from "./TrainingProvider";

interface Props {
  handle: string;
  small?: boolean;
  look?: "plain" | "primary";
}

/** Trains the account's model with everything as it comes. Absent for whoever may not train. How far it is the dock tells. */
export function TrainButton({ handle, small = false, look = "plain" }: Props) {
  const t = useText();
  const { rol } = useWho();
  const { jobOf, train, asking } = useTraining();
  if (!may(rol, "manage") || !may(rol, "read-forecasts")) return null;
  const job = jobOf(handle);
  return (
    <Button
      icon="train"
      look={look}
      small={small}
      busy={job !== undefined || asking === handle}
      onClick={() => train(handle)}
    >
      {job ? t.training.going : t.training.train}
    </Button>
  );
}
