import * as z from 'zod';
import { defineTask, fallout, undoneBy } from './task.ts';

export const jumper = defineTask({
  name: 'copper.jumper',
  title: 'Connect the pair in the exchange',
  kind: 'manual',
  lane: 'field',
  desk: 'EXCHANGE_JUMPERING',
  input: z.object({ lineId: z.string(), port: z.string().optional() }),
  output: z.object({ jumperRef: z.string().min(1).max(100), note: z.string().max(2000).optional() }),
  rejections: {
    PAIR_FAULTY: fallout('NETWORK_ENGINEERING'),
    PORT_FAULTY: fallout('NETWORK_ENGINEERING'),
  },
  expected: 'P1D',
  timeLimit: 'P3D',
  undo: undoneBy('copper.unjumper'),
});

export const unjumper = defineTask({
  name: 'copper.unjumper',
  title: 'Remove the pair in the exchange',
  kind: 'manual',
  lane: 'field',
  desk: 'EXCHANGE_JUMPERING',
  input: z.object({ jumperRef: z.string().optional() }),
  output: z.object({ note: z.string().max(2000).optional() }),
  rejections: {},
  expected: 'P1D',
  timeLimit: 'P5D',
  undo: undoneBy('copper.jumper'),
});
