/** TMF622 v4 lifecycle states of a task, such as a request to cancel an order. */
export const TASK_STATES = ['acknowledged', 'inProgress', 'done', 'terminatedWithError'] as const;

export type TaskState = (typeof TASK_STATES)[number];
