import type { Milestone } from '#shared/domain/milestones.ts';
import { type FlowPattern, gate } from './language/flow.ts';

const ACCESS_LINES: readonly FlowPattern[] = [
  'fibre.create.*',
  'xdsl.create.*',
  'shdsl.create.*',
  'coax.create',
];
const LINE_DATE: readonly Milestone[] = ['LINE_DATE_CONFIRMED', 'LINE_BUILT'];
const SET_TOP_BOXES: readonly FlowPattern[] = ['set-top-box.create', 'set-top-box.add'];
const INTERNET: readonly FlowPattern[] = ['internet.create'];
const ROUTERS: readonly FlowPattern[] = ['router.create'];

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
  flows: INTERNET,
  milestones: ['INTERNET_ACTIVE'],
});

export const lineDateForPort = gate('D03', {
  title: 'Wait for the line date',
  why: 'a port date is not asked for before the line date is firm',
  flows: ACCESS_LINES,
  milestones: LINE_DATE,
});

export const internetWorksForPort = gate('D04', {
  title: 'Wait for internet',
  why: 'a complete port cannot be undone: the service must work first',
  flows: INTERNET,
  milestones: ['INTERNET_ACTIVE'],
});

export const internetWorksForTv = gate('D05', {
  title: 'Wait for internet',
  why: 'IPTV rides on internet',
  flows: INTERNET,
  milestones: ['INTERNET_ACTIVE'],
});

export const boxIsRegistered = gate('D06', {
  title: 'Wait for the set-top box',
  why: 'entitlements are bound to a registered box',
  flows: SET_TOP_BOXES,
  milestones: ['STB_PROVISIONED'],
});

export const lineDateForBox = gate('D07', {
  title: 'Wait for the line date',
  why: 'boxes are not shipped months before a dig: pick three working days before the line date',
  flows: ACCESS_LINES,
  milestones: LINE_DATE,
  workingDaysBefore: 3,
});

export const lineDateForRouter = gate('D08', {
  title: 'Wait for the line date',
  why: 'routers are not shipped months before a dig: pick three working days before the line date',
  flows: ACCESS_LINES,
  milestones: LINE_DATE,
  workingDaysBefore: 3,
});

export const routerInTheHouse = gate('D09', {
  title: 'Wait for the router',
  why: 'an online test needs a router',
  flows: ROUTERS,
  milestones: ['ROUTER_PROVISIONED', 'HW_DELIVERED'],
  match: 'all',
});

export const routerRegistered = gate('D10', {
  title: 'Wait for the router',
  why: 'the SIP client lives in the router',
  flows: ROUTERS,
  milestones: ['ROUTER_PROVISIONED'],
});

export const tvAccountForVideo = gate('D11', {
  title: 'Wait for the TV account',
  why: 'video on demand is an entitlement on a TV account',
  flows: ['iptv.create', 'cable-tv.create.*'],
  milestones: ['TV_ACTIVE'],
});

export const tvAccountForBox = gate('D12', {
  title: 'Wait for the TV account',
  why: 'a cable box is paired to a TV account, so it is not picked before there is one',
  flows: ['cable-tv.create.*'],
  milestones: ['TV_ACTIVE'],
});

export const lineWorksForVisit = gate('D13', {
  title: 'Wait until the line works',
  why: 'a visit for wi-fi or TV comes after the line works',
  flows: ACCESS_LINES,
  milestones: ['ACCESS_READY'],
});

export const hardwareInTheHouse = gate('D14', {
  title: 'Wait for the hardware',
  why: 'the hardware must be in the house when the technician comes',
  flows: ['set-top-box.create', 'router.create'],
  milestones: ['HW_DELIVERED'],
});

export const simInTheParcel = gate('D15', {
  title: 'Wait for the SIM card',
  why: 'telephone and SIM card go in one parcel',
  flows: ['mobile-postpaid.create.new-number', 'mobile-postpaid.create.port-in'],
  milestones: ['HW_SCANNED'],
});

export const numberHasLeft = gate('D16', {
  title: 'Wait until the number has left',
  why: 'a number is ported out before its account ends',
  flows: ['voip.port-out'],
  milestones: ['NUMBER_PORTED', 'COMPLETE'],
});

export const videoHasStopped = gate('D17', {
  title: 'Wait for the end of video on demand',
  why: 'services end in the reverse of the order in which they were built',
  flows: ['vod.cease'],
  milestones: ['SERVICE_STOPPED'],
});

export const servicesHaveStopped = gate('D18', {
  title: 'Wait for the end of the services',
  why: 'what rides on internet ends before it',
  flows: ['voip.cease', 'iptv.cease', 'voip.port-out'],
  milestones: ['SERVICE_STOPPED', 'COMPLETE'],
});

export const internetHasStopped = gate('D19', {
  title: 'Wait for the end of internet',
  why: 'internet ends before its line',
  flows: ['internet.cease'],
  milestones: ['SERVICE_STOPPED'],
});

export const fibreWorksForCease = gate('D20', {
  title: 'Wait until the fibre works',
  why: 'make before break: the old line ends when the new one works',
  flows: ['fibre.create.*'],
  milestones: ['ACCESS_READY'],
});

export const lineIsFaster = gate('D21', {
  title: 'Wait for the faster line',
  why: 'on the way up the line comes first',
  flows: ['fibre.modify.speed', 'xdsl.modify.speed'],
  milestones: ['ACCESS_READY'],
  where: { direction: 'up' },
});

export const serviceIsSlower = gate('D21-down', {
  title: 'Wait for the slower service',
  why: 'on the way down the line comes last',
  flows: ['internet.modify.speed'],
  milestones: ['INTERNET_ACTIVE'],
  where: { direction: 'down' },
});

export const fibreWorksForMove = gate('D22', {
  title: 'Wait until the fibre works',
  why: 'make before break: services move when the new line works',
  flows: ['fibre.create.*'],
  milestones: ['ACCESS_READY'],
});

export const contractHasEnded = gate('D23', {
  title: 'Wait for the end of the contract',
  why: 'a claim is final only after the termination',
  flows: ['collection.terminate'],
  milestones: ['SERVICE_STOPPED', 'COMPLETE'],
});

export const allSuborders = gate('SUBORDERS', {
  title: 'Wait for all suborders',
  why: 'an order ends when its last suborder has ended',
  flows: ['*'],
  milestones: ['ENDED'],
});
