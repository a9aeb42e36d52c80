import * as z from 'zod';
import { InvalidRequest } from '#shared/domain/errors.ts';
import type { Facts } from '#shared/domain/facts.ts';
import { suborderKey, type TransactItem } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { isDone } from '#shared/steps/run-step.ts';
import { tableName } from '#shared/store/client.ts';
import type { WorkItem } from '#shared/store/records.ts';
import { getSteps } from '#shared/store/suborders.ts';
import { parse } from '#shared/tmf622/pointer.ts';
import { correctable } from './correctable.ts';
import { type FormField, fieldsOf } from './fields.ts';

/** The inputs of a task, which a person can correct before it is tried again. */
export const inputFieldsOf = (task: string): FormField[] => fieldsOf(z.object(correctable(task)));

/** @throws InvalidRequest naming each correction that is none of these */
export function assertOnly(corrections: Facts, names: readonly string[], message: string): void {
  const others = Object.keys(corrections).filter((name) => !names.includes(name));
  if (others.length > 0)
    throw new InvalidRequest(others.map((name) => ({ pointer: `/corrections/${name}`, message })));
}

/** Reads corrected inputs of a task. @throws InvalidRequest naming each that the task has not, or that is wrong */
export function readCorrections(task: string, corrections: Facts): Facts {
  const inputs = correctable(task);
  assertOnly(corrections, Object.keys(inputs), `is no input of ${task}`);
  const given = Object.entries(inputs).filter(([name]) => Object.hasOwn(corrections, name));
  if (given.length === 0)
    throw new InvalidRequest([{ pointer: '/corrections', message: 'must correct at least one input' }]);
  const schema = z.object({ corrections: z.object(Object.fromEntries(given)) });
  return parse(schema, { corrections }).corrections;
}

/**
 * The write that corrects facts of a suborder.
 * @throws InvalidRequest for a fact that an earlier step found out: correcting it here would leave that step wrong
 */
export async function correctsFacts(
  deps: Pick<Dependencies, 'documents'>,
  { order, suborder }: Pick<WorkItem, 'order' | 'suborder'>,
  corrections: Facts,
): Promise<TransactItem[]> {
  const names = Object.keys(corrections);
  const done = (await getSteps(deps, order, suborder)).filter(isDone);
  const problems = names.flatMap((name) => {
    const origin = done.find(({ outputs }) => Object.hasOwn(outputs, name));
    const message = `was found out by the step ${origin?.step} and cannot be corrected here`;
    return origin ? [{ pointer: `/corrections/${name}`, message }] : [];
  });
  if (problems.length > 0) throw new InvalidRequest(problems);
  return [
    {
      Update: {
        TableName: tableName('suborders'),
        Key: suborderKey(order, suborder),
        UpdateExpression: `SET ${names.map((_, index) => `#facts.#name${index} = :value${index}`).join(', ')}`,
        ConditionExpression: 'attribute_exists(sk)',
        ExpressionAttributeNames: {
          '#facts': 'facts',
          ...Object.fromEntries(names.map((name, index) => [`#name${index}`, name])),
        },
        ExpressionAttributeValues: Object.fromEntries(
          names.map((name, index) => [`:value${index}`, corrections[name]]),
        ),
      },
    },
  ];
}
