import { ORDERS_PATH } from './api.ts';
import { REFERENCE_ORDER } from './example.ts';
import type { Platform } from './platform.ts';

/** What `npm start` prints once everything is ready: where things are, and a first order to paste. */
export function welcome({ url, simulator }: Platform, seconds: number): string[] {
  return [
    `Milepost is ready in ${seconds.toFixed(1)} s. For development: it runs what would be deployed to AWS, on this machine.`,
    '',
    `  Orders (TMF622)       ${url}${ORDERS_PATH}`,
    `  Desks and work items  ${url}/desks/{desk}/work-items`,
    `  Events from outside   ${url}/events`,
    `  Health                ${url}/health`,
    `  AWS endpoint          AWS_ENDPOINT_URL=${url} AWS_ACCESS_KEY_ID=admin AWS_SECRET_ACCESS_KEY=admin AWS_REGION=eu-central-1`,
    `  Underlying systems    ${simulator.url}/control/ledger (what they did), /control/messages (what the customer got)`,
    '',
    'Try it: submit the reference order, pick its set-top box at the logistics desk, follow it.',
    '',
    ...firstOrder(url).map((line) => `  ${line}`),
    '',
    'Ctrl-C ends it.',
  ];
}

/** Commands for a shell that take an order from the API to a person's desk and on; README.md shows the same. */
export const firstOrder = (url: string): string[] => [
  ...(new URL(url).port === '3000' ? [] : [`export PORT=${new URL(url).port}`]),
  'CHANNEL=$(npm run --silent token -- channel); LOGISTICS=$(npm run --silent token -- logistics)',
  '',
  '# Submit the order: it is accepted at once, under a number.',
  `export ORDER=$(curl -s ${url}${ORDERS_PATH} \\`,
  '  -H "authorization: Bearer $CHANNEL" -H "content-type: application/json" \\',
  `  -d @${REFERENCE_ORDER} | node -p 'JSON.parse(fs.readFileSync(0)).id'); echo $ORDER`,
  '',
  '# In a few seconds the set-top box (suborder 04) waits at the warehouse.',
  `ITEM=; until [ "$ITEM" ]; do sleep 1; ITEM=$(curl -s ${url}/desks/LOGISTICS_PICK/work-items \\`,
  '  -H "authorization: Bearer $LOGISTICS" | node -p \'JSON.parse(fs.readFileSync(0)).items',
  '  .find((item) => item.order === process.env.ORDER && item.suborder === "04")?.id ?? ""\'); done; echo $ITEM',
  '',
  '# Claim it and scan it: the flow provisions and ships it at once.',
  `curl -s -X POST ${url}/work-items/$ITEM/claim -H "authorization: Bearer $LOGISTICS"`,
  `curl -s ${url}/work-items/$ITEM/complete \\`,
  '  -H "authorization: Bearer $LOGISTICS" -H "content-type: application/json" \\',
  `  -d '{"serialNumber":"S4K000012345","macAddress":"A1:B2:C3:D4:E5:F6","ok":true}'`,
  '',
  '# Follow the order: state, milestones and progress of each item.',
  `curl -s ${url}${ORDERS_PATH}/$ORDER \\`,
  '  -H "authorization: Bearer $CHANNEL"',
];
