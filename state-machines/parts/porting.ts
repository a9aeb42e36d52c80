import { date, fact, portMoment } from '#shared/domain/facts.ts';
import * as billing from '#shared/tasks/billing.ts';
import * as porting from '#shared/tasks/porting.ts';
import * as wait from '#shared/tasks/timer.ts';
import { event, type Gate, system, timer, unless, when } from '../language/flow.ts';
import { ask } from './asking.ts';

/** Has another operator agree to let a number go. @param waitsFor what must be firm before a date is asked for */
export const requestPort = (waitsFor: readonly Gate[] = []) =>
  [
    ask('authority', 'PORT_AUTHORITY', 14, {
      title: 'Customer signs the porting authority',
      when: unless('authoritySigned'),
      announces: 'PORT_AUTHORITY_REQUEST',
    }),
    system('portReq', porting.request, { waitsFor, tells: 'PORT_REQUESTED' }),
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
    with: { dueAt: date('portDate', { plus: 'P2D' }) },
  }),
] as const;
