import * as billing from '#shared/tasks/billing.ts';
import * as field from '#shared/tasks/field.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as order from '#shared/tasks/order.ts';
import * as service from '#shared/tasks/service.ts';
import { hardwareInTheHouse, lineWorksForVisit } from './gates.ts';
import { flow, system, unless, when } from './language/flow.ts';
import { closeAs } from './parts/closing.ts';
import { vanHardware } from './parts/hardware.ts';
import { technicianVisit } from './parts/visit.ts';

/** Once, however often nobody was at home. */
const chargeMissedVisit = system('missed', billing.adjust, {
  title: 'Charge the missed visit',
  when: when('visitMissed'),
  with: { chargeCode: 'VISIT_MISSED' },
});

export const install = flow('technician.install', 'Paid installation visit (wi-fi, TV, extra outlet)', {
  selects: { product: 'technician', action: 'add', where: { visit: 'install' } },
  expected: 'P10D',
  steps: [
    system('lock', inventory.lock),
    ...vanHardware,
    ...technicianVisit('home-install', { waitsFor: [lineWorksForVisit, hardwareInTheHouse] }),
    chargeMissedVisit,
    system('bill', billing.adjust, { with: { chargeCode: 'VISIT_INSTALL' } }),
    ...closeAs('active'),
  ],
});

export const repair = flow('technician.repair', 'Repair visit for a fault', {
  selects: { product: 'technician', action: 'add', where: { visit: 'repair' } },
  expected: 'P5D',
  steps: [
    system('remote', service.test, {
      title: 'Test the line from afar',
      tells: 'REPAIR_UPDATE',
      with: { testSet: 'lineDiagnostics' },
    }),
    ...technicianVisit('fault-repair'),
    chargeMissedVisit,
    system('verify', service.test, { title: 'Test after the repair', with: { testSet: 'line' } }),
    system('fee', billing.adjust, {
      title: 'Charge the visit',
      when: when('customerCausedFault'),
      with: { chargeCode: 'VISIT_REPAIR' },
    }),
    system('close', order.settle, { reaches: 'COMPLETE', tells: 'REPAIR_UPDATE' }),
  ],
});

export const reschedule = flow('technician.reschedule', 'Move or cancel a booked visit', {
  selects: { product: 'technician', action: 'add', where: { visit: 'reschedule' } },
  expected: 'P1D',
  steps: [
    system('cancelOld', field.cancelAppointment, {
      title: 'Cancel the old appointment',
      undoWith: { skill: 'home-install' },
    }),
    system('book', field.book, {
      when: unless('cancelOnly'),
      reaches: 'VISIT_BOOKED',
      tells: 'VISIT_CONFIRMED',
      with: { skill: 'home-install' },
    }),
    system('dispatch', field.dispatch, { when: unless('cancelOnly'), with: { workSpec: 'home-install' } }),
    system('fee', billing.adjust, {
      title: 'Charge the late change',
      when: when('lateChange'),
      with: { chargeCode: 'LATE_RESCHEDULE' },
    }),
    system('close', order.settle, { reaches: 'COMPLETE' }),
  ],
});
