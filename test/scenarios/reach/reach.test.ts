import { describeAnswers } from "../../golden.ts";

describeAnswers("picket reach, word for word", import.meta.dirname, 20);
