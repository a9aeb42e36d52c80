import * as z from 'zod';
import { defineTask, defineUndo, fallout, undoneBy } from './task.ts';

export const deprovision = defineTask({
  name: 'internet.deprovision',
  title: 'Remove the internet account',
  kind: 'system',
  lane: 'commissioning',
  system: 'aaa',
  input: z.object({ username: z.string() }),
  output: z.object({}),
  rejections: {},
  retry: 'standard',
  falloutDesk: 'ACTIVATION_FALLOUT',
  expected: 'PT1M',
  timeLimit: 'PT1M',
  undo: undoneBy('internet.provision'),
});

export const provision = defineTask({
  name: 'internet.provision',
  title: 'Provision internet',
  kind: 'system',
  lane: 'commissioning',
  system: 'aaa',
  input: z.object({ lineId: z.string(), profile: z.string(), ip: z.string() }),
  output: z.object({ username: z.string() }),
  rejections: {
    DUPLICATE_LINE: fallout('ACTIVATION_FALLOUT'),
    PROFILE_INVALID: fallout('NETWORK_ENGINEERING'),
  },
  retry: 'standard',
  falloutDesk: 'ACTIVATION_FALLOUT',
  expected: 'PT30S',
  timeLimit: 'PT1M',
  undo: deprovision,
});

export const revert = defineUndo({
  name: 'internet.modify-revert',
  title: 'Restore the internet account',
  kind: 'system',
  lane: 'commissioning',
  system: 'aaa',
  desk: 'ACTIVATION_FALLOUT',
});

export const modify = defineTask({
  name: 'internet.modify',
  title: 'Change the internet account',
  kind: 'system',
  lane: 'commissioning',
  system: 'aaa',
  input: z.object({
    username: z.string(),
    profile: z.string().optional(),
    /** The line that the service moves to. */
    lineId: z.string().optional(),
    /** The fixed address that it gets. */
    ip: z.string().optional(),
  }),
  output: z.object({ previousProfile: z.string() }),
  rejections: { PROFILE_INVALID: fallout('NETWORK_ENGINEERING') },
  retry: 'standard',
  falloutDesk: 'ACTIVATION_FALLOUT',
  expected: 'PT30S',
  timeLimit: 'PT1M',
  undo: revert,
});
