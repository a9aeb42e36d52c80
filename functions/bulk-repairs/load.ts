import { Forbidden, NotFound } from '#shared/domain/errors.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { type BulkRepair, readBulkRepair } from '#shared/store/bulk-repairs.ts';
import { type Employee, isSupervisor } from '#shared/work-items/employee.ts';

/** @throws NotFound; Forbidden for somebody else who is no supervisor */
export async function loadBulkRepair(
  deps: Pick<Dependencies, 'documents'>,
  employee: Employee,
  id: string,
): Promise<BulkRepair> {
  const head = await readBulkRepair(deps, id);
  if (!head) throw new NotFound('Bulk repair', id.slice(0, 40));
  if (head.by !== employee.sub && !isSupervisor(employee))
    throw new Forbidden('A bulk repair is for whoever made it, and for supervisors');
  return head;
}
