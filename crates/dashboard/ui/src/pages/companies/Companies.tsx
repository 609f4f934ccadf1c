import "../../styles/screen-people.css";
import "../../styles/screen-companies.css";
import { usePageTitle } from "../../components/usePageTitle";
import { useText } from "../../i18n/text";
import { CompaniesCard } from "./CompaniesCard";
import { InstallationCards } from "./InstallationCards";

/** For who runs the platform: its companies, and how the installation is. No business data. */
export default function Companies() {
  const t = useText();
  usePageTitle(t.companies.title);
  return (
    <>
      <header className="page-head">
        <div className="grow">
          <h1>{t.companies.title}</h1>
          <p className="sub">{t.companies.lead}</p>
        </div>
      </header>
      <div className="companies-grid">
        <CompaniesCard />
        <InstallationCards />
      </div>
    </>
  );
}
