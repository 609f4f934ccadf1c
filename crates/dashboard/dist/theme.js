// Before the first paint: the language and the theme that this browser chose, so that neither flashes.
(() => {
  try {
    const theme = localStorage.getItem("atalaya.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    const language = localStorage.getItem("atalaya.language") ?? navigator.language.slice(0, 2);
    document.documentElement.lang = language === "en" ? "en" : "es";
  } catch {
    // A browser without storage keeps its own choices.
  }
})();
