import type { ReactNode } from "react";
import { Link, useSearchParams } from "wouter";
import { Crumb } from "../../components/Crumb";
import { usePageTitle } from "../../components/usePageTitle";
import { useText } from "../../i18n/text";
import { accountPath } from "../../shell/navigation";

/** The two views of an account's data. */
export type View = "upload" | "readings";

interface Props {
  handle: string;
  view: View;
  children?: ReactNode;
}

/** The top of the screen: where one is, what it is for, and the way to its other half. */
export function Head({ handle, view, children }: Props) {
  const t = useText();
  const title = view === "upload" ? t.data.titleUpload : t.data.titleReadings;
  usePageTitle(`${title} · ${handle}`);
  const here = accountPath(handle, "data");
  return (
    <header className="page-head">
      <div className="grow">
        <Crumb label={t.data.path} href="/data" list={t.nav.data}>
          <Link href={accountPath(handle)}>
            <bdi>{handle}</bdi>
          </Link>
        </Crumb>
        <h1>{title}</h1>
      </div>
      {children}
      <nav className="seg" aria-label={t.data.view}>
        <ViewLink to={here} isHere={view === "upload"} text={t.data.upload} />
        <ViewLink to={`${here}?view=readings`} isHere={view === "readings"} text={t.data.readings} />
      </nav>
    </header>
  );
}

function ViewLink({ to, isHere, text }: { to: string; isHere: boolean; text: string }) {
  return (
    <Link href={to} aria-current={isHere ? "page" : undefined}>
      {text}
    </Link>
  );
}

export function useView(): View {
  const [params] = useSearchParams();
  return params.get("view") === "readings" ? "readings" : "upload";
}
