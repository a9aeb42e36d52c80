import * as z from 'zod';

/** Why a person did something, in their own words. */
export const reasonSchema = z.string().trim().min(1).max(2000);
