const root = document.getElementById("root");
root.append(document.createElement("h1"), document.createElement("p"));
root.firstChild.textContent = "Atalaya";
root.lastChild.textContent = "The page is built by make dashboard.";
