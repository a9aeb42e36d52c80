import { describe, expect, it } from 'vitest';
import { DESK_IDS } from '#shared/domain/desks.ts';
import { TECHNICAL_ERRORS } from '#shared/domain/errors.ts';
import { deskOf, ruleFor } from '#shared/steps/rules.ts';
import { ALL_TASKS, ALL_UNDO_TASKS } from '#shared/tasks/registry.ts';

describe('what follows from a failure', () => {
  it('is the rule that the task declares for the rejection', () => {
    for (const task of ALL_TASKS)
      for (const [error, rule] of Object.entries(task.rejections))
        expect(ruleFor({ task: task.name, error })).toEqual(rule);
  });

  it('is a work item on the desk of the task for any other error', () => {
    for (const task of ALL_TASKS)
      for (const error of [...TECHNICAL_ERRORS, 'States.Timeout', 'ContractViolation', 'TypeError'])
        expect(deskOf(ruleFor({ task: task.name, error }))?.desk).toBe(
          task.kind === 'manual' ? task.desk : task.falloutDesk,
        );
  });

  it('is that the item is cancelled, when it is being cancelled or what it depends on was', () => {
    for (const error of ['SuborderEnding', 'DependencyCancelled'])
      expect(ruleFor({ task: 'stock.reserve', error })).toEqual({ action: 'cancel-item' });
  });

  it('is the order desk when the order does not hold what the step needs', () => {
    expect(deskOf(ruleFor({ task: 'stock.reserve', error: 'InputIncomplete' }))?.desk).toBe('ORDER_DESK');
  });

  it('of an undo is always a work item on its desk, whatever went wrong', () => {
    for (const { name, desk } of ALL_UNDO_TASKS)
      for (const error of ['Timeout', 'SuborderEnding', 'OUT_OF_STOCK'])
        expect(deskOf(ruleFor({ task: 'stock.reserve', error, undo: name }))?.desk).toBe(desk);
  });

  it('of a task that nobody knows is for the supervisor', () => {
    expect(deskOf(ruleFor({ task: 'no.such', error: 'X' }))?.desk).toBe('SUPERVISOR');
    expect(deskOf(ruleFor({ task: 'no.such', error: 'X', undo: 'no.such' }))?.desk).toBe('SUPERVISOR');
  });

  it('that asks the customer is for customer care, and the customer is told', () => {
    const desk = deskOf(ruleFor({ task: 'logistics.ship', error: 'ADDRESS_REJECTED' }));
    expect(desk).toEqual({ desk: 'CUSTOMER_CARE', tells: 'ACTION_REQUIRED' });
    expect(DESK_IDS).toContain(desk?.desk);
  });
});
