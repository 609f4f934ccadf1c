/** A history and its forecast, as the product draws them. Made up, and only for the eye. */
const STEPS = 130;
const AHEAD = 60;
const WIDTH = 700;
const BASE = 300;

const x = (step: number) => ((step / (STEPS + AHEAD)) * WIDTH).toFixed(1);
const level = (step: number) => BASE - step * 1.05 - 9 * Math.sin(step / 9) - 5 * Math.sin(step / 3.1);
const middle = (ahead: number) => level(STEPS) - ahead * 1.1;
const spread = (ahead: number, width: number) => width * Math.sqrt(ahead) * 3.4;

const range = (count: number) => Array.from({ length: count + 1 }, (_, at) => at);
const history = range(STEPS).map((step) => `${x(step)} ${level(step).toFixed(1)}`);
const path = range(AHEAD).map((ahead) => `${x(STEPS + ahead)} ${middle(ahead).toFixed(1)}`);

function band(width: number): string {
  const edge = (sign: number) =>
    range(AHEAD).map((ahead) => `${x(STEPS + ahead)} ${(middle(ahead) + sign * spread(ahead, width)).toFixed(1)}`);
  return `M${[...edge(-1), ...edge(1).reverse()].join("L")}Z`;
}

export function Scenery() {
  return (
    <svg viewBox="0 0 700 360" id="art">
      <path className="art-band95" d={band(1.96)} />
      <path className="art-band80" d={band(1.28)} />
      <line className="art-now" x1={x(STEPS)} x2={x(STEPS)} y1={20} y2={340} />
      <path className="art-line" d={`M${history.join("L")}`} />
      <path className="art-mid" d={`M${path.join("L")}`} />
      <circle className="art-dot" cx={x(STEPS)} cy={level(STEPS)} r={5} />
    </svg>
  );
}
