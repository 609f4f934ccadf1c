import { useState } from "react";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { usePageTitle } from "../../components/usePageTitle";
import { useText } from "../../i18n/text";
import { may } from "../../session/rights";
import { useWho } from "../../session/useSession";
import { CovariatesCard } from "../covariates/CovariatesCard";
import { useTraining } from "../model/TrainingProvider";
import { Jobs } from "./Jobs";
import { ModelAccounts } from "./ModelAccounts";
import "../../styles/screen-model.css";

/** Which model each account uses, and for administrators the trainings. */
export default function Models() {
  const t = useText();
  const mayTrain = may(useWho().rol, "manage");
  usePageTitle(t.models.title);
  return (
    <>
      <header className="page-head">
        <div className="grow">
          <h1>{t.models.title}</h1>
          <p className="sub">{mayTrain ? t.models.sub : t.models.subReader}</p>
        </div>
        {mayTrain && <TrainAll />}
      </header>
      <ModelAccounts />
      {mayTrain && <CovariatesCard />}
      {mayTrain && <Jobs />}
    </>
  );
}

function TrainAll() {
  const t = useText();
  const { jobs, asking, trainAll } = useTraining();
  const [isOpen, setOpen] = useState(false);
  const isGoing = asking === "*" || jobs.some((job) => job.kind === "train_all");
  const confirm = () => {
    setOpen(false);
    trainAll();
  };
  return (
    <div className="row">
      <Button look="primary" icon="train" busy={isGoing} onClick={() => setOpen(true)}>
        {isGoing ? t.training.going : t.models.trainAll}
      </Button>
      {isOpen && (
        <Dialog
          title={t.models.trainAllTitle}
          icon="train"
          onClose={() => setOpen(false)}
          foot={
            <>
              <Button onClick={() => setOpen(false)}>{t.common.cancel}</Button>
              <Button look="primary" onClick={confirm}>
                {t.models.trainAll}
              </Button>
            </>
          }
        >
          <p>{t.models.trainAllText}</p>
        </Dialog>
      )}
    </div>
  );
}
