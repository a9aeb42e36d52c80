import { gate } from './language/flow.ts';

const ACCESS_LINES = ['fibre.create.*'] as const;

/** The rules between products: which step waits for which milestone of a sibling suborder, and why. */
export const lineWorks = gate('D01', {
  title: 'Wait until the line works',
  why: 'no internet before the line works',
  flows: ACCESS_LINES,
  milestones: ['ACCESS_READY'],
});

export const internetWorksForVoice = gate('D02', {
  title: 'Wait for internet',
  why: 'SIP rides on internet',
  flows: ['internet.create'],
  milestones: ['INTERNET_ACTIVE'],
});

export const internetWorksForTv = gate('D05', {
  title: 'Wait for internet',
  why: 'IPTV rides on internet',
  flows: ['internet.create'],
  milestones: ['INTERNET_ACTIVE'],
});

export const boxIsRegistered = gate('D06', {
  title: 'Wait for the set-top box',
  why: 'entitlements are bound to a registered box',
  flows: ['set-top-box.create'],
  milestones: ['STB_PROVISIONED'],
});

export const lineDateForBox = gate('D07', {
  title: 'Wait for the line date',
  why: 'boxes are not shipped months before a dig: pick three working days before the line date',
  flows: ACCESS_LINES,
  milestones: ['LINE_DATE_CONFIRMED', 'LINE_BUILT'],
  workingDaysBefore: 3,
});

export const lineDateForRouter = gate('D08', {
  title: 'Wait for the line date',
  why: 'routers are not shipped months before a dig: pick three working days before the line date',
  flows: ACCESS_LINES,
  milestones: ['LINE_DATE_CONFIRMED', 'LINE_BUILT'],
  workingDaysBefore: 3,
});

export const routerInTheHouse = gate('D09', {
  title: 'Wait for the router',
  why: 'an online test needs a router',
  flows: ['router.create'],
  milestones: ['ROUTER_PROVISIONED', 'HW_DELIVERED'],
  match: 'all',
});

export const routerRegistered = gate('D10', {
  title: 'Wait for the router',
  why: 'the SIP client lives in the router',
  flows: ['router.create'],
  milestones: ['ROUTER_PROVISIONED'],
});

export const allSuborders = gate('SUBORDERS', {
  title: 'Wait for all suborders',
  why: 'an order ends when its last suborder has ended',
  flows: ['*'],
  milestones: ['ENDED'],
});
