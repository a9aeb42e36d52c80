import { describe, expect, it } from 'vitest';
import { EVENT_TYPES, eventTypesOf } from '#shared/inbox/event-types.ts';
import { awaitDelivery } from '#shared/tasks/logistics.ts';
import { ALL_TASKS } from '#shared/tasks/registry.ts';

describe('event types', () => {
  it('come from the tasks that wait for them', () => {
    expect(EVENT_TYPES.get('milepost.delivery.delivered')).toMatchObject({
      task: awaitDelivery,
      rejection: undefined,
    });
    expect(EVENT_TYPES.get('milepost.visit.no-access')).toMatchObject({ rejection: 'NO_ACCESS' });
  });

  it('say no only in ways that their task declares', () => {
    for (const { type, task, rejection } of EVENT_TYPES.values())
      if (rejection !== undefined) expect(Object.keys(task.rejections), type).toContain(rejection);
  });

  it('cover every task that waits for an event', () => {
    const covered = new Set([...EVENT_TYPES.values()].map(({ task }) => task.name));
    for (const task of ALL_TASKS) if (task.kind === 'event') expect(covered).toContain(task.name);
  });

  it('are not shared by two tasks', () => {
    const twin = { ...awaitDelivery, name: 'parcel.await' };
    expect(() => eventTypesOf([awaitDelivery, twin])).toThrow(
      'delivery.await and parcel.await both wait for milepost.delivery.delivered',
    );
  });
});
