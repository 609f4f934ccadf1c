import type { components } from "../../api/schema";

type RuleCode = components["schemas"]["RuleCode"];
type Field = "hora" | "seguidores" | "tweets" | "siguiendo" | "usuario";

const many = (count: number, one: string, more: string) => (count === 1 ? one : more);

/** What helps against a broken rule, where the API's words say only what is wrong. */
const cures: Partial<Record<RuleCode, string>> = {
  ambiguous_date: "Más arriba puede elegir en qué orden vienen el día y el mes.",
  damaged_workbook: "Abra el archivo en Excel, guárdelo de nuevo y vuelva a subirlo.",
  duplicate_time: "Deje una sola línea para cada hora.",
  encrypted_workbook: "Quite la contraseña al archivo y guárdelo de nuevo.",
  malformed: "Guarde la tabla de nuevo como CSV y vuelva a subirla.",
  missing_column: "La primera línea debe nombrar las columnas: una de fecha y una de seguidores.",
  not_utf8: "Guarde el archivo como CSV UTF-8.",
  old_workbook: "Guarde el archivo como .xlsx o como CSV.",
  other_workbook: "Guarde el archivo como .xlsx o como CSV.",
  repeated_column: "Deje una sola columna de ese tipo.",
  too_far_ahead: "Revise el año y el orden del día y el mes.",
  too_old: "Revise el año.",
  unusable_cell: "Corrija la celda y guarde el archivo otra vez.",
  workbook_too_large: "Guarde la hoja como CSV.",
  wrong_account: "Suba esa fila en la pantalla de su cuenta, o quítela.",
  wrong_field_count: "Revise si falta o sobra un separador en la línea.",
};

const fields: Record<Field, string> = {
  hora: "fecha",
  seguidores: "seguidores",
  tweets: "publicaciones",
  siguiendo: "seguidos",
  usuario: "cuenta",
};

export const data = {
  title: "Datos",
  path: "Ruta",
  titleUpload: "Subir observaciones",
  titleReadings: "Lecturas guardadas",
  upload: "Subir",
  readings: "Lecturas",
  view: "Vista",

  accounts: {
    intro: "Elija la cuenta a la que pertenecen los datos, o suelte un archivo sobre su fila.",
    search: "Buscar una cuenta",
    account: "Cuenta",
    followers: "Seguidores",
    until: "Último dato",
    days: "Días con datos",
    daysAtLeast: (count: string) => `${count} o más`,
    noData: "sin datos todavía",
    stale: (ago: string) => `${ago}, atrasado`,
    daysNeeded: (count: number) => many(count, "falta 1 día para entrenar", `faltan ${count} días para entrenar`),
    open: "Subir datos",
    noneFound: "Ninguna cuenta se llama así.",
    noneFoundNext: "Revise cómo está escrita, o borre la búsqueda.",
    none: "Todavía no hay cuentas",
    noneAdmin: "Cree la primera cuenta en la pantalla de cuentas; después suba aquí sus datos.",
    noneUser: "Pida al administrador de su banco que le asigne una cuenta.",
    toAccounts: "Ir a las cuentas",
    oneFile: "Suelte un solo archivo.",
  },

  steps: { label: "Pasos", file: "Archivo", review: "Revisión", done: "Guardar", isDone: "hecho" },

  file: {
    drop: "Suelte aquí un archivo o elija uno",
    columns:
      "CSV, texto con tabuladores o Excel (.xlsx), de hasta 16 MB. Columnas: fecha y seguidores; publicaciones y seguidos si los tiene. Nada se guarda hasta que usted lo confirme.",
    choose: "Elegir archivo",
    or: "O bien",
    paste: "pegue las filas",
    template: "descargue una plantilla",
    templateName: "plantilla.csv",
    pasteLabel: "Filas, con los nombres de las columnas en la primera línea",
    pasteHint: "Puede copiarlas de Excel. Lo que pegue se conserva aunque su sesión termine.",
    pasteReview: "Revisar las filas",
    pasteName: "Filas pegadas",
    chosen: "Archivo elegido",
    again: "Revisar de nuevo",
    remove: "Quitar",
    tooLarge: (size: string) =>
      `El archivo pesa ${size} y el máximo es 16 MB. Divídalo en partes y súbalas una por una.`,
    unreadable: "El navegador no pudo leer el archivo. Ciérrelo en otros programas y elíjalo otra vez.",
    hasChanged: "El archivo cambió: elíjalo otra vez.",
    empty: "El archivo está vacío. Elija otro.",
  },

  trial: {
    sending: (percent: string) => `Enviando el archivo: ${percent}`,
    reading: "Revisando el archivo",
    note: "Es un ensayo: todavía no se guardó nada.",
    refused: "Este archivo no se puede leer",
    rows: (count: number, shown: string) => many(count, "1 fila", `${shown} filas`),
    span: (from: string, to: string) => (from === to ? from : `${from} a ${to}`),
    columns: "Cómo se lee cada columna",
    mends: (count: number, shown: string) =>
      many(
        count,
        "Con 1 corrección hecha aquí. Su archivo no cambió.",
        `Con ${shown} correcciones hechas aquí. Su archivo no cambió.`,
      ),
    unused: "no se usa",
    fields,
    formats: { "dd/mm/yyyy": "día/mes/año", "mm/dd/yyyy": "mes/día/año", "yyyy-mm-dd": "año-mes-día" },
    order: "Las fechas vienen como",
    sheet: "Hoja del libro de Excel",
    sheetHint: "Sin nombre se lee la primera hoja visible.",
    readSheet: "Leer esa hoja",
    added: "Nuevas",
    changed: "Cambian",
    unchanged: "Iguales",
    skipped: "Con error",
    newDays: (from: string, to: string) => (from === to ? `el ${from}` : `del ${from} al ${to}`),
    largest: (change: string) => `la mayor: ${change}`,
    sameFollowers: "los seguidores siguen igual",
    untouched: "no se tocan",
    notStored: "no se guardan",
    nothingWrong: "ninguna",
    unacceptable: "Así no se puede guardar nada de este archivo",
    noSoundRow: "Ninguna fila está bien. Corrija el archivo y súbalo otra vez.",
    noRows: "Tiene los nombres de las columnas, pero ninguna fila.",
  },

  preview: {
    title: "Lo que se guardaría",
    now: "guardado ahora",
    then: "con el archivo",
    axis: "el eje no empieza en 0",
    chart: (added: string, changed: string) =>
      `Seguidores por día: guardado ahora y con el archivo. ${added}, ${changed}.`,
    newDays: (count: number, shown: string) => many(count, "1 día nuevo", `${shown} días nuevos`),
    changedDays: (count: number, shown: string) => many(count, "1 día cambia", `${shown} días cambian`),
    day: "Día",
    stored: "Ahora",
    withFile: "Con el archivo",
    what: "Qué pasa",
    outcomes: { new: "nuevo", changed: "cambia", unchanged: "igual" },
    table: "Ver los días en una tabla",
    newest: (shown: string) => `Se muestran los ${shown} días más recientes.`,
    none: "Ningún día termina con otro número de seguidores.",
    earlier: "Las filas nuevas traen horas anteriores a la última lectura guardada de su día.",
    keys: "Con las flechas recorre los días.",
  },

  far: {
    title: (count: number, shown: string) =>
      many(count, "1 día se aparta mucho de los de al lado", `${shown} días se apartan mucho de los de al lado`),
    more: (day: string, value: string, times: string, near: string) =>
      `${day}: ${value}, unas ${times} veces más que ${near}.`,
    less: (day: string, value: string, times: string, near: string) =>
      `${day}: ${value}, unas ${times} veces menos que ${near}.`,
    near: (values: readonly string[]) =>
      values.length > 1 ? `los de al lado (${values.join(" y ")})` : `el de al lado (${values.join("")})`,
    rest: (count: number, shown: string) => many(count, "Hay 1 día más así.", `Hay ${shown} días más así.`),
    canStore: "Revise si falta o sobra una cifra. Si está bien, guárdelo así.",
  },

  errors: {
    title: (count: number, shown: string) => many(count, "1 línea con error", `${shown} líneas con error`),
    titleRules: (count: number, shown: string) => many(count, "1 error", `${shown} errores`),
    download: "Descargarlas",
    fileName: (handle: string) => `errores-${handle}.csv`,
    line: "Línea",
    what: "Como vino y qué pasa",
    first: (shown: string, all: string) => `Se muestran los primeros ${shown} de ${all} errores.`,
    slips: {
      letter: (cell: string, letter: string) => `«${cell}» tiene la letra ${letter} entre las cifras.`,
      letters: (cell: string) => `«${cell}» tiene letras entre las cifras.`,
      decimal: (cell: string) => `«${cell}» tiene decimales; tiene que ser un número entero.`,
      minus: (cell: string) => `«${cell}» lleva un signo menos; no puede ser menor que 0.`,
    },
    near: (days: string) => `Los días de al lado tienen: ${days}.`,
    nearDay: (day: string, value: string) => `${day}, ${value}`,
    right: "Correcto:",
    rightOf: (column: string, line: string) => ` ${column} de la línea ${line}`,
    mend: "Corregir",
    notMended: "Aquí no se puede corregir esa línea. Corríjala en el archivo y súbalo otra vez.",
    column: (name: string) => `Columna «${name}»: `,
    header: ["línea", "columna", "problema", "como vino"],
    cures,
  },

  store: {
    willStore: (count: number, shown: string) => many(count, "Se guardará 1 fila.", `Se guardarán ${shown} filas.`),
    willLeave: (count: number, shown: string) =>
      many(
        count,
        "Una línea con error quedará fuera; puede corregirla y subirla después.",
        `${shown} líneas con error quedarán fuera; puede corregirlas y subirlas después.`,
      ),
    allOrNothing: "Con líneas por corregir no se guarda nada. Corríjalas, o acepte dejarlas fuera.",
    leaveOut: (count: number, shown: string) =>
      many(count, "Dejar fuera la línea con error", `Dejar fuera las ${shown} líneas con error`),
    nothing: "Todo lo que trae el archivo ya está guardado: no hay nada que cambiar.",
    nothingSound: "Las filas sin error ya están guardadas: no hay nada que cambiar.",
    other: "Otro archivo",
    store: (count: number, shown: string) => many(count, "Guardar 1 fila", `Guardar ${shown} filas`),
    sending: (percent: string) => `Guardando: enviado ${percent}`,
    storing: "Guardando",
    lost: "Se perdió la conexión al guardar. Intente de nuevo: nada se guarda dos veces.",
    toast: (count: number, shown: string) => many(count, "1 fila guardada", `${shown} filas guardadas`),
  },

  done: {
    title: (count: number, shown: string) => many(count, "1 fila guardada", `${shown} filas guardadas`),
    nothing: "No había nada que cambiar",
    counts: (added: string, changed: string, same: string) =>
      `Nuevas: ${added}. Cambiadas: ${changed}. Iguales: ${same}.`,
    leftOut: (count: number, shown: string) => many(count, "Una línea quedó fuera.", `${shown} líneas quedaron fuera.`),
    train: "El pronóstico todavía parte de los datos anteriores. Entrene el modelo para que use los nuevos.",
    trainOther:
      "El pronóstico todavía parte de los datos anteriores. Un administrador de su banco puede entrenar el modelo con los nuevos.",
    trainFirst: "Los datos están guardados. Ya puede entrenar un modelo para tener el primer pronóstico.",
    trainFirstOther: "Los datos están guardados. Un administrador de su banco ya puede entrenar el primer modelo.",
    tooFew: (count: number) =>
      many(
        count,
        "Los datos están guardados. Falta 1 día con datos para poder entrenar un modelo.",
        `Los datos están guardados. Faltan ${count} días con datos para poder entrenar un modelo.`,
      ),
    training: "Entrenando el modelo con los datos nuevos. Puede seguir en otras pantallas.",
    ready: "Modelo listo",
    readyNote: "El pronóstico ya parte de los datos que guardó.",
    failed: "El modelo no se pudo entrenar. Intente de nuevo.",
    cancelled: "El entrenamiento se canceló. Los datos siguen guardados.",
    toChart: "Ver el gráfico",
    toAccount: "Ver la cuenta",
    another: "Subir otro archivo",
  },

  list: {
    zone: (zone: string) => `Fechas y horas de ${zone}`,
    month: "Mes",
    earlier: "Mes anterior",
    later: "Mes siguiente",
    newest: "Ir a lo más reciente",
    day: "Día",
    wholeMonth: "Todo el mes",
    count: (count: number, shown: string) => many(count, "1 lectura", `${shown} lecturas`),
    cut: (shown: string) =>
      `Este periodo tiene más de ${shown} lecturas y aquí solo están las primeras. Elija un día para verlas todas.`,
    moment: "Fecha y hora",
    followers: "Seguidores",
    posts: "Publicaciones",
    following: "Seguidos",
    actions: "Acciones",
    notGiven: "no se indicó",
    edit: (moment: string) => `Editar la lectura del ${moment}`,
    remove: (moment: string) => `Eliminar la lectura del ${moment}`,
    add: "Agregar lectura",
    removeRange: "Eliminar un periodo",
    download: "Descargar CSV",
    none: "Esta cuenta todavía no tiene lecturas",
    noneNext: "Suba un archivo o agregue la primera lectura.",
    noneInMonth: (period: string) => `No hay lecturas en ${period}`,
    noneInMonthNext: (day: string) => `La última lectura es del ${day}.`,
  },

  reading: {
    add: "Agregar lectura",
    edit: "Editar lectura",
    moment: "Fecha y hora",
    day: "Fecha",
    time: "Hora",
    zone: (zone: string) => `De ${zone}. Un día cuenta por su última lectura; por eso se propone 23:59.`,
    wrongTime: "Escriba la hora como 23:59.",
    followers: "Seguidores",
    posts: "Publicaciones en total",
    following: "Seguidos",
    optional: "Puede quedar vacío.",
    whole: "Escriba un número entero, de 0 en adelante.",
    fixed: "La hora no se cambia. Si está mal, elimine esta lectura y agregue otra.",
    isThere: "A esa hora ya hay una lectura. Si continúa, esta la reemplaza.",
    replace: "Reemplazar",
    saved: "Lectura guardada",
  },

  remove: {
    one: "Eliminar la lectura",
    oneWhat: (moment: string, followers: string) =>
      `Se eliminará la lectura del ${moment}, con ${followers} seguidores. No se puede deshacer.`,
    range: "Eliminar un periodo",
    rangeWhat:
      "Se eliminan las lecturas de todos los días del periodo, el primero y el último incluidos. No se puede deshacer.",
    days: (place: string) =>
      `Cada día va de medianoche a medianoche, hora de ${place}, donde terminan los días de la cuenta.`,
    from: "Desde el",
    to: "Hasta el",
    openEnd: "Vacío: sin límite de ese lado.",
    needsBound: "Indique al menos una de las dos fechas.",
    wrongOrder: "La primera fecha es posterior a la última.",
    counting: "Contando las lecturas",
    counted: (count: number, shown: string) =>
      many(count, "Se eliminará 1 lectura.", `Se eliminarán ${shown} lecturas.`),
    countedNone: "No hay lecturas en ese periodo.",
    notCounted: "No se pudieron contar. Intente de nuevo.",
    since: (from: string) => `Desde el ${from} en adelante.`,
    until: (to: string) => `Todo hasta el ${to}.`,
    between: (from: string, to: string) => `Del ${from} al ${to}.`,
    next: "Continuar",
    action: (count: number, shown: string) => many(count, "Eliminar 1 lectura", `Eliminar ${shown} lecturas`),
    removed: (count: number, shown: string) => many(count, "1 lectura eliminada", `${shown} lecturas eliminadas`),
  },

  download: {
    title: "Descargar las lecturas",
    what: (zone: string) =>
      `Un archivo CSV que esta pantalla también sabe leer. Las fechas que elija son de ${zone}; las horas del archivo van en hora universal (UTC).`,
    all: "Sin fechas se descarga todo.",
    action: "Descargar",
    busy: "Preparando",
    broken:
      "La descarga se cortó antes de terminar y no se guardó nada. Intente de nuevo, o elija un periodo más corto.",
    done: "Archivo descargado",
    fileName: (handle: string, from: string, to: string) => `${[handle, from, to].filter(Boolean).join("_")}.csv`,
  },
};
