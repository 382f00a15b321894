import { ASSUMED, type CostLine, type CostQuestion } from './estimate';

/** The estimate as a table for people, a service's lines together and the sum below. */
export function costText(
  { configuration, hours, regions, viewers }: CostQuestion,
  lines: readonly CostLine[],
  dollars: number,
  prices: string,
): string {
  const places = configuration.regions?.length ?? regions;
  const { pipelines, representations } = configuration;
  const services = [...new Set(lines.map(({ service }) => service))];
  const rows = services.flatMap((service) => {
    const own = lines.filter((line) => line.service === service);
    const sum = own.reduce((total, line) => total + line.dollars, 0);
    return [row(service, '', '', money(sum)), ...own.map(detail)];
  });
  return [
    `${hours} h, ${representations.length} representations x ${pipelines.length} pipelines x ${places} regions, ` +
      (viewers === 0 ? 'a CDN of your own' : `${count(viewers)} viewers behind CloudFront`),
    '',
    ...rows,
    row('Together', '', '', money(dollars)),
    '',
    `Prices: ${prices}.`,
    `Counted with ${ASSUMED.ingestMs} ms billed a PUT, ${ASSUMED.serveMs} ms a GET, ${ASSUMED.bitrateShare * 100} % of the declared bit rates;`,
    'what a deployment costs while idle, logs, support and taxes are not in it.',
    '',
  ].join('\n');
}

function detail({ what, quantity, unit, dollars }: CostLine): string {
  return row(`  ${what}`, count(quantity), unit, money(dollars));
}

function row(what: string, quantity: string, unit: string, dollars: string): string {
  return `${what.padEnd(28)}${quantity.padStart(16)} ${unit.padEnd(12)}${dollars.padStart(12)}`.trimEnd();
}

function money(dollars: number): string {
  return `$${dollars.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

function count(quantity: number): string {
  return Math.round(quantity).toLocaleString('en-US');
}
