import "../../styles/screen-digits.css";
import { usePageTitle } from "../../components/usePageTitle";
import { useText } from "../../i18n/text";
import { InputCard } from "./InputCard";
import { ResultCard } from "./ResultCard";
import { useGiven } from "./useGiven";
import { useWork } from "./useWork";
import { VisitCard } from "./VisitCard";

/** Reads handwritten digits: a picture that is dropped, chosen, pasted or taken, or a drawing. */
export default function Digits() {
  const t = useText().digits;
  const work = useWork();
  const isOver = useGiven(work.take);
  usePageTitle(t.title);
  return (
    <>
      <header className="page-head">
        <div className="grow">
          <h1>{t.title}</h1>
          <p className="sub">{t.lead}</p>
        </div>
      </header>
      <div className="dg-grid">
        <InputCard work={work} isOver={isOver} />
        <ResultCard work={work} />
        <VisitCard unread={work.picture} />
      </div>
    </>
  );
}
