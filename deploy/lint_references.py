"""What no schema sees: that the files of deploy/ fit one another and the program, and that every container is confined.

Run by lint.sh in the root of the repository; the arguments are the Kubernetes objects as kustomize renders them.
"""

import pathlib
import re
import sys

import yaml

DEPLOY = pathlib.Path("deploy")
# Never given by value, where whoever may look at a container sees them.
SECRETS = {"DATABASE_URL", "DATABASE_MIGRATION_URL", "REDIS_URL"}
SECRETS |= {"JWT_SECRET_KEY", "KEY_ENCRYPTION_KEY", "PASSWORD_PEPPER"}
# Variables of other programs.
FOREIGN = re.compile(r"POSTGRES_")
faults = []


def expect(holds, fault):
    if not holds:
        faults.append(fault)


def known_variables():
    """Every variable that the pages for operators name."""
    pages = [pathlib.Path("docs/configuration.md"), pathlib.Path("docs/deployment.md")]
    return {name for page in pages for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", page.read_text())}


def check_variables(where, names):
    known = known_variables()
    for name in names:
        plain = name.removesuffix("_FILE")
        expect(FOREIGN.match(name) or name in known or plain in known, f"{where}: the program knows no {name}")
        expect(plain not in SECRETS or name != plain, f"{where}: {name} is a secret: give it by file, as {name}_FILE")


def check_compose():
    path = DEPLOY / "compose.yaml"
    compose = yaml.safe_load(path.read_text())
    made = (DEPLOY / "secrets.sh").read_text()
    for name in compose["secrets"]:
        expect(re.search(rf"\b{name}\b", made), f"{path}: secrets.sh does not make {name}")
    for name, service in compose["services"].items():
        where = f"{path}: {name}"
        for kind in ("networks", "secrets"):
            for used in service.get(kind, []):
                expect(used in compose[kind], f"{where}: there is no {used} in {kind}")
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            there = (DEPLOY / source).exists() if source.startswith(".") else source in compose["volumes"]
            expect(there, f"{where}: there is no {source}")
        for needed, how in service.get("depends_on", {}).items():
            expect(needed in compose["services"], f"{where}: depends on {needed}, which is no service")
            if how["condition"] == "service_healthy":
                checked = compose["services"].get(needed, {}).get("healthcheck", {})
                expect("test" in checked, f"{where}: {needed} has no health check")
        check_variables(where, service.get("environment", {}))
        for name_of_file, value in service.get("environment", {}).items():
            if name_of_file.endswith("_FILE"):
                expect(pathlib.Path(value).name in service["secrets"], f"{where}: {value} is not mounted")
        expect(service.get("read_only") is True, f"{where}: its root is not read-only")
        expect(service.get("cap_drop") == ["ALL"], f"{where}: it keeps capabilities")
        expect("no-new-privileges:true" in service.get("security_opt", []), f"{where}: it may gain privileges")
        expect(re.fullmatch(r"[1-9]\d*:[1-9]\d*", service.get("user", "")), f"{where}: its user is no number, or root")
        expect("healthcheck" in service, f"{where}: it has no health check")
        limits = service.get("deploy", {}).get("resources", {}).get("limits", {})
        expect({"cpus", "memory", "pids"} <= limits.keys(), f"{where}: its resources have no limit")
        expect(not {"privileged", "cap_add", "network_mode", "pid"} & service.keys(), f"{where}: it is not confined")
    for name, service in compose["services"].items():
        if name.startswith("api-"):
            # Whoever waits for a replica sends it requests then.
            ready = service["healthcheck"]["test"] == ["CMD", "atalaya", "healthcheck"]
            expect(ready, f"{path}: {name} is not asked whether it is ready")
    check_addresses(path, compose)


def check_addresses(path, compose):
    """The addresses of the replicas and of nginx are said in three places."""
    address = {name: (service["networks"].get("front") or {}).get("ipv4_address")
               for name, service in compose["services"].items() if isinstance(service["networks"], dict)}
    servers = (DEPLOY / "nginx/upstream-servers.conf").read_text()
    first = sorted(re.findall(r"^server ([\d.]+):8000 max", servers, re.MULTILINE))
    last = sorted(re.findall(r"^server ([\d.]+):8000 backup", servers, re.MULTILINE))
    replicas = [name for name in compose["services"] if name.startswith("api-")]
    same = first == last == sorted(address.get(name) or "" for name in replicas)
    expect(same, f"{path}: upstream-servers.conf names others than {replicas}")
    for name in replicas:
        trusted = compose["services"][name]["environment"].get("TRUSTED_PROXIES")
        expect(trusted == address.get("nginx"), f"{path}: {name} trusts {trusted}, which is not nginx")


def check_idle_connections():
    """A replica that is about to end closes connections that were idle for its grace: nginx must have closed them."""
    path = DEPLOY / "nginx/snippets/upstream.conf"
    idle = re.search(r"^ *keepalive_timeout (\d+)s;$", path.read_text(), re.MULTILINE)
    settings = pathlib.Path("docs/configuration.md").read_text()
    grace = re.search(r"^\| `SHUTDOWN_GRACE_SECONDS` \| `(\d+)`", settings, re.MULTILINE)
    short = idle and grace and int(idle[1]) + 1 < int(grace[1])
    expect(short, f"{path}: keepalive_timeout is not shorter than SHUTDOWN_GRACE_SECONDS by more than a second")


def check_kustomizations():
    for path in DEPLOY.glob("kubernetes/**/kustomization.yaml"):
        named = set(yaml.safe_load(path.read_text())["resources"])
        for name in named:
            expect((path.parent / name).exists(), f"{path}: there is no {name}")
        for file in path.parent.glob("*.yaml"):
            expect(file == path or file.name in named, f"{path}: {file.name} is not among the resources")


def pod_template(thing):
    return thing["spec"]["template"] if thing["kind"] in ("Deployment", "Job") else None


def check_pod(where, spec):
    expect(spec.get("automountServiceAccountToken") is False, f"{where}: it is given a token")
    confined = spec.get("securityContext", {})
    expect(confined.get("runAsNonRoot") is True and confined.get("runAsUser", 0) > 0, f"{where}: it may be root")
    profile = confined.get("seccompProfile", {}).get("type")
    expect(profile == "RuntimeDefault", f"{where}: any system call is allowed")
    shared = any(spec.get(name) for name in ("hostNetwork", "hostPID", "hostIPC"))
    expect(not shared, f"{where}: it shares the host's namespaces")
    for container in spec["containers"]:
        place = f"{where}: {container['name']}"
        own = container.get("securityContext", {})
        expect(own.get("allowPrivilegeEscalation") is False, f"{place}: it may gain privileges")
        expect(own.get("readOnlyRootFilesystem") is True, f"{place}: its root is not read-only")
        expect(own.get("capabilities", {}).get("drop") == ["ALL"], f"{place}: it keeps capabilities")
        expect({"requests", "limits"} <= container.get("resources", {}).keys(), f"{place}: its resources have no limit")
        check_variables(place, [entry["name"] for entry in container.get("env", [])])
        mounts = [mount["mountPath"] for mount in container.get("volumeMounts", [])]
        for entry in container.get("env", []):
            if entry["name"].endswith("_FILE"):
                mounted = any(entry["value"].startswith(mount + "/") for mount in mounts)
                expect(mounted, f"{place}: {entry['value']} is not mounted")


def check_kubernetes(path):
    things = [thing for thing in yaml.safe_load_all(pathlib.Path(path).read_text()) if thing]
    pods = [(thing, pod_template(thing)) for thing in things if pod_template(thing)]
    labels = [template["metadata"]["labels"].items() for _, template in pods]
    names = {(thing["kind"], thing["metadata"]["name"]) for thing in things}
    selects = {"Service": lambda spec: spec["selector"], "Deployment": lambda spec: spec["selector"]["matchLabels"],
               "PodDisruptionBudget": lambda spec: spec["selector"]["matchLabels"],
               "NetworkPolicy": lambda spec: spec["podSelector"].get("matchLabels", {})}
    for thing in things:
        where = f"{thing['kind']}/{thing['metadata']['name']}"
        expect(thing["kind"] != "Secret", f"{where}: secrets are not kept among these files")
        if thing["kind"] in selects:
            wanted = selects[thing["kind"]](thing["spec"]).items()
            expect(any(wanted <= have for have in labels), f"{where}: it selects no pod")
        if thing["kind"] == "HorizontalPodAutoscaler":
            target = thing["spec"]["scaleTargetRef"]
            expect((target["kind"], target["name"]) in names, f"{where}: there is no {target['name']} to scale")
        if thing["kind"] == "ConfigMap":
            check_variables(where, thing["data"])
        if thing["kind"] == "Ingress":
            for rule in thing["spec"]["rules"]:
                for route in rule["http"]["paths"]:
                    backend = route["backend"]["service"]["name"]
                    expect(("Service", backend) in names, f"{where}: there is no service {backend}")
    for thing, template in pods:
        check_pod(f"{thing['kind']}/{thing['metadata']['name']}", template["spec"])


def check_unit():
    for path in DEPLOY.glob("systemd/*"):
        unit = path.read_text()
        settings = [pair for line in re.findall(r"^Environment=(.*)$", unit, re.MULTILINE) for pair in line.split()]
        loaded = re.findall(r"^LoadCredential=([^:]+):", unit, re.MULTILINE)
        check_variables(path, [pair.split("=")[0] for pair in settings])
        for pair in settings:
            name, value = pair.split("=", 1)
            expect(not name.endswith("_FILE") or value.removeprefix("%d/") in loaded, f"{path}: {value} is not loaded")


def check_image():
    path = DEPLOY / "Dockerfile"
    lines = path.read_text()
    check_variables(path, re.findall(r"^(?:ENV|ARG) (\w+)", lines, re.MULTILINE))
    expect(re.search(r"^USER [1-9]\d*:[1-9]\d*$", lines, re.MULTILINE), f"{path}: its user is no number, or root")
    # Whoever runs an image alone may end it when it is unhealthy, and that brings no database back.
    expect('CMD ["atalaya", "healthcheck", "--live"]' in lines, f"{path}: the binary does not check that it lives")
    rust = re.search(r'^rust-version = "(.*)"', pathlib.Path("Cargo.toml").read_text(), re.MULTILINE)[1]
    expect(f"FROM rust:{rust}-" in lines, f"{path}: not built with Rust {rust}")
    ignored = pathlib.Path(".dockerignore").read_text().split("\n")
    narrow = ignored[1] == "*" and not any("deploy" in line or ".git" in line for line in ignored)
    expect(narrow, ".dockerignore: it lets too much in")


check_compose()
check_idle_connections()
check_kustomizations()
for rendered in sys.argv[1:]:
    check_kubernetes(rendered)
check_unit()
check_image()
for fault in faults:
    print(fault, file=sys.stderr)
sys.exit(1 if faults else 0)
