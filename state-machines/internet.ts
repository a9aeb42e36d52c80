import { fact, foundBy, sibling } from '#shared/domain/facts.ts';
import * as billing from '#shared/tasks/billing.ts';
import * as internet from '#shared/tasks/internet.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as resource from '#shared/tasks/resource.ts';
import * as service from '#shared/tasks/service.ts';
import { lineIsFaster, lineWorks, routerInTheHouse, servicesHaveStopped } from './gates.ts';
import { flow, system, unless, when } from './language/flow.ts';
import { closeAs, closeCease, closeCreate, closeModify } from './parts/closing.ts';
import { untilNoticeEnds, untilRequestedDate } from './parts/dates.ts';

export const create = flow('internet.create', 'Internet service on an access line', {
  selects: { product: 'internet', action: 'add' },
  newContract: true,
  expected: 'P2D',
  steps: [
    system('lock', inventory.lock),
    system('address', resource.assign, { title: 'Assign IP addresses', with: { pool: 'ipv4+ipv6' } }),
    system('provision', internet.provision, {
      waitsFor: lineWorks,
      reaches: 'INTERNET_ACTIVE',
      with: { lineId: sibling(['fibre', 'xdsl', 'shdsl', 'coax'], 'lineId') },
    }),
    system('test', service.test, { waitsFor: routerInTheHouse, with: { testSet: 'speed' } }),
    ...closeCreate,
  ],
});

export const modifySpeed = flow('internet.modify.speed', 'Internet speed up or down', {
  selects: { product: 'internet', action: 'modify', where: { change: 'speed' } },
  expected: 'P1D',
  steps: [
    system('lock', inventory.lock),
    untilRequestedDate,
    system('modify', internet.modify, {
      waitsFor: lineIsFaster,
      reaches: 'INTERNET_ACTIVE',
      with: { profile: fact('profile') },
    }),
    system('test', service.test, { with: { testSet: 'speed' } }),
    ...closeModify,
  ],
});

export const modifyStaticIp = flow('internet.modify.static-ip', 'Add or remove a fixed IP address', {
  selects: { product: 'internet', action: 'modify', where: { change: 'static-ip' } },
  expected: 'P1D',
  steps: [
    system('lock', inventory.lock),
    system('address', resource.assign, {
      title: 'Assign the fixed address',
      when: when('addIp'),
      with: { pool: 'staticIpv4' },
    }),
    system('modify', internet.modify, { reaches: 'INTERNET_ACTIVE' }),
    system('addressFree', resource.release, {
      title: 'Release the fixed address',
      when: unless('addIp'),
      with: { ip: foundBy('lock', 'ip') },
    }),
    ...closeModify,
  ],
});

export const suspend = flow('internet.suspend', 'Internet paused', {
  selects: { product: 'internet', action: 'modify', where: { change: 'suspend' } },
  expected: 'P1D',
  steps: [
    system('lock', inventory.lock),
    untilRequestedDate,
    system('bar', service.bar, {
      reaches: 'SERVICE_STOPPED',
      with: { serviceId: fact('installedProductId'), barringProfile: 'FULL' },
    }),
    system('bill', billing.adjust, { with: { chargeCode: 'PAUSE' } }),
    ...closeAs('suspended', 'SERVICE_SUSPENDED'),
  ],
});

export const resume = flow('internet.resume', 'Internet opened again', {
  selects: { product: 'internet', action: 'modify', where: { change: 'resume' } },
  expected: 'P1D',
  steps: [
    system('lock', inventory.lock),
    system('open', service.unbar, {
      reaches: 'INTERNET_ACTIVE',
      with: { serviceId: fact('installedProductId') },
    }),
    system('test', service.test, { with: { testSet: 'speed' } }),
    system('bill', billing.adjust, { with: { chargeCode: 'PAUSE_END' } }),
    ...closeAs('active', 'SERVICE_RESUMED'),
  ],
});

export const cease = flow('internet.cease', 'Internet terminated', {
  selects: { product: 'internet', action: 'delete' },
  expected: 'P40D',
  steps: [
    system('lock', inventory.lock),
    untilNoticeEnds,
    system('off', internet.deprovision, {
      waitsFor: servicesHaveStopped,
      noReturn: 'hard',
      reaches: 'SERVICE_STOPPED',
    }),
    system('free', resource.release),
    ...closeCease(),
  ],
});
