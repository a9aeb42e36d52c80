import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { tableName } from '#shared/store/client.ts';
import type { Suborder } from '#shared/store/records.ts';
import { unlessRefused } from '#shared/store/unless-refused.ts';
import type { Dependencies } from './dependencies.ts';
import { ENDS, isEnding, NOT_ENDING } from './ending.ts';

type Passed = 'passedSoft' | 'passedHard';

/** The attribute that says that a suborder is past the point of no return that this step is; undefined when it is none. */
export function passedBy({ noReturn = {} }: Pick<Suborder, 'noReturn'>, step: string): Passed | undefined {
  const point = noReturn[step];
  return point && (point.type === 'hard' ? 'passedHard' : 'passedSoft');
}

/**
 * Whether a step may begin now: its suborder is not being cancelled. A point of no return that takes effect as the
 * step begins is passed with that; one record decides between it and a cancel, so that whichever is written first
 * keeps the other out.
 */
export async function mayBegin(
  deps: Pick<Dependencies, 'documents'>,
  suborder: Suborder,
  step: string,
): Promise<boolean> {
  if (isEnding(suborder)) return false;
  const passed = passedBy(suborder, step);
  if (!passed || suborder.noReturn?.[step]?.at !== 'start' || suborder[passed] === step) return true;
  return unlessRefused(
    deps.documents.send(
      new UpdateCommand({
        ...rowOf(suborder),
        UpdateExpression: 'SET #passed = if_not_exists(#passed, :step)',
        ConditionExpression: NOT_ENDING,
        ExpressionAttributeNames: { '#passed': passed, ...ENDS },
        ExpressionAttributeValues: { ':step': step },
      }),
    ),
  );
}

/** A step that was refused has done nothing: the point of no return that it passed as it began is not passed. */
export async function turnBack(
  deps: Pick<Dependencies, 'documents'>,
  suborder: Suborder,
  step: string,
): Promise<void> {
  const passed = passedBy(suborder, step);
  if (!passed || suborder.noReturn?.[step]?.at !== 'start') return;
  await unlessRefused(
    deps.documents.send(
      new UpdateCommand({
        ...rowOf(suborder),
        UpdateExpression: 'REMOVE #passed',
        ConditionExpression: '#passed = :step',
        ExpressionAttributeNames: { '#passed': passed },
        ExpressionAttributeValues: { ':step': step },
      }),
    ),
  );
}

const rowOf = ({ order, sk }: Suborder) => ({ TableName: tableName('suborders'), Key: { order, sk } });
