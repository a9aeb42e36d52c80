export { DefinitionError } from './definition.ts';
export { StepFunctions, type StepFunctionsOptions } from './engine.ts';
export type {
  ExecutionDescription,
  ExecutionStatus,
  HistoryEvent,
  StateMachineDescription,
  StateMachineInput,
  StateMachineType,
  StepFunctionsObserver,
  Transition,
} from './model.ts';
export { statesWire } from './wire.ts';
