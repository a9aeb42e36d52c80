import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { EVENT_TYPES, eventTypesOf, meaningFor } from '#shared/inbox/event-types.ts';
import { awaitVisit } from '#shared/tasks/field.ts';
import { awaitDelivery } from '#shared/tasks/logistics.ts';
import { ALL_TASKS } from '#shared/tasks/registry.ts';
import type { EventTask } from '#shared/tasks/task.ts';

const waiting = ALL_TASKS.filter((task): task is EventTask => task.kind === 'event');
const twin = { ...awaitDelivery, name: 'parcel.await' };

describe('event types', () => {
  it('come from the tasks that wait for them, with the data that these read', () => {
    expect(EVENT_TYPES.get('milepost.delivery.delivered')).toMatchObject({
      topic: 'delivery',
      data: awaitDelivery.output,
    });
    expect(EVENT_TYPES.get('milepost.visit.no-access')?.data.safeParse({ note: 'Nobody in' }).success).toBe(
      true,
    );
  });

  it('cover whatever a task waits for', () => {
    for (const task of waiting)
      for (const what of [task.completedBy, ...Object.keys({ ...task.rejectedBy, ...task.toldBy })])
        if (what !== undefined) expect(EVENT_TYPES.has(`milepost.${task.topic}.${what}`), what).toBe(true);
  });

  it('may be waited for by two tasks that read the same from them', () => {
    expect(eventTypesOf([awaitDelivery, twin]).get('milepost.delivery.delivered')?.data).toBe(
      awaitDelivery.output,
    );
    expect(() => eventTypesOf([awaitDelivery, { ...twin, output: z.object({}) }])).toThrow(
      'delivery.await and parcel.await both read other outputs from milepost.delivery.delivered',
    );
  });

  it('are read as completion by a task, although another only rejects by them', () => {
    const unless = { ...twin, completedBy: undefined, rejectedBy: { delivered: 'DELIVERED' } };
    for (const order of [
      [awaitDelivery, unless],
      [unless, awaitDelivery],
    ])
      expect(eventTypesOf(order).get('milepost.delivery.delivered')?.data).toBe(awaitDelivery.output);
    expect(meaningFor(unless, 'milepost.delivery.delivered', {})).toEqual({ rejection: 'DELIVERED' });
  });
});

describe('what an event means for a task', () => {
  it('is that it completes the step, or a rejection that the task declares', () => {
    expect(meaningFor(awaitDelivery, 'milepost.delivery.delivered', {})).toBe('completes');
    expect(meaningFor(awaitDelivery, 'milepost.delivery.lost', {})).toEqual({ rejection: 'LOST' });
    for (const task of waiting)
      for (const codes of Object.values(task.rejectedBy))
        for (const code of [codes].flat()) expect(Object.keys(task.rejections), task.name).toContain(code);
  });

  it('is what the customer is told while the wait goes on', () => {
    expect(meaningFor(awaitVisit, 'milepost.visit.on-the-way', {})).toEqual({ tells: 'VISIT_ON_THE_WAY' });
  });

  it('is nothing when the task does not wait for it', () => {
    expect(meaningFor(awaitDelivery, 'milepost.visit.done', {})).toBeUndefined();
  });

  it('is the code that the data names, or the last when it names none that is known', () => {
    const many = { ...awaitDelivery, rejectedBy: { refused: ['LOST', 'NOT_COLLECTED'] } };
    const meaning = (data: Record<string, unknown>) => meaningFor(many, 'milepost.delivery.refused', data);
    expect(meaning({ code: 'LOST' })).toEqual({ rejection: 'LOST' });
    expect(meaning({ code: 'SOMETHING' })).toEqual({ rejection: 'NOT_COLLECTED' });
    expect(meaning({})).toEqual({ rejection: 'NOT_COLLECTED' });
  });
});
