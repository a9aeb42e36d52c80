/** What holds back the start of a suborder that is changed, until what the change affects has been undone. */
export const AMENDED = 'AMENDED';
