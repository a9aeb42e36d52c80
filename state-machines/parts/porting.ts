import { date, fact, foundBy, portMoment } from '#shared/domain/facts.ts';
import * as billing from '#shared/tasks/billing.ts';
import * as number from '#shared/tasks/number.ts';
import * as porting from '#shared/tasks/porting.ts';
import * as wait from '#shared/tasks/timer.ts';
import { event, type Gate, system, timer, unless, when } from '../language/flow.ts';
import { ask } from './asking.ts';

interface PortRequest<After extends string> {
  /** What must be firm before a date is asked for. */
  readonly waitsFor?: Gate;
  /** The step after which it goes on side by side with a SIM card that is sent: the date leaves the card the time to arrive. */
  readonly besideSimAfter?: After;
}

/** Has another operator agree to let a number go. */
export const requestPort = <const After extends string = never>({
  waitsFor,
  besideSimAfter,
}: PortRequest<After> = {}) =>
  [
    ask('authority', 'PORT_AUTHORITY', 14, {
      title: 'Customer signs the porting authority',
      when: unless('authoritySigned'),
      announces: 'PORT_AUTHORITY_REQUEST',
      ...(besideSimAfter && { after: besideSimAfter }),
    }),
    system('portReq', porting.request, {
      tells: 'PORT_REQUESTED',
      ...(waitsFor && { waitsFor }),
      ...(besideSimAfter && { with: { newSim: fact('simType') } }),
    }),
    event('portConfirm', porting.awaitConfirmation, {
      reaches: 'PORT_DATE_CONFIRMED',
      tells: 'PORT_DATE_CONFIRMED',
    }),
  ] as const;

/** On the day, takes the number over. @param waitsFor what must work before: a complete port cannot be taken back */
export const switchPort = (waitsFor: readonly Gate[] = []) =>
  [
    timer('portDay', wait.until, {
      title: 'Wait for the port date',
      with: { dueAt: portMoment('confirmedPortDate') },
    }),
    system('portComplete', porting.complete, {
      waitsFor,
      noReturn: 'hard',
      noReturnAt: 'start',
      reaches: 'NUMBER_PORTED',
      tells: 'PORT_COMPLETED',
    }),
    system('lateComp', billing.adjust, {
      title: 'Compensate for the late port',
      when: when('portLate'),
      tells: 'PORT_LATE_COMPENSATION',
      with: { chargeCode: 'PORT_DELAY_COMPENSATION', amount: fact('delayCompensation') },
    }),
  ] as const;

/** Lets a number go to another operator, unless there is a reason to refuse. */
export const letPortOut = [
  system('npValidate', porting.checkRequest),
  system('npAnswer', porting.respond, { reaches: 'PORT_DATE_CONFIRMED' }),
  event('npDone', porting.awaitCompletion, {
    when: unless('numberStays'),
    noReturn: 'hard',
    reaches: 'NUMBER_PORTED',
    with: { dueAt: date(['portDate', 'newPortDate']) },
  }),
] as const;

/** Nobody else gets a number for half a year after it was in use. */
export const QUARANTINE = 'P182D';

type NumberType = 'fixed' | 'mobile';

/** The number that another one has replaced. */
export const returnOldNumber = (numberType: NumberType) =>
  system('oldNumber', number.release, {
    title: 'Return the old number',
    with: { number: foundBy('lock', 'number'), quarantine: QUARANTINE },
    undoWith: { numberType, preference: foundBy('lock', 'number') },
  });

/** A number that was given up can still be ported for a while; then it goes back to where it came from. */
export const giveUpNumber = (numberType: NumberType) =>
  [
    event('portRight', number.awaitPortRight, {
      within: 'P31D',
      with: { number: foundBy('lock', 'number') },
    }),
    system('npReturn', porting.giveBack, { when: when('returnsNumber') }),
    system('free', number.release, {
      when: when('freesNumber'),
      with: { quarantine: QUARANTINE },
      undoWith: { numberType, preference: foundBy('lock', 'number') },
    }),
  ] as const;
