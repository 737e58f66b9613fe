import { describeAnswers } from "../../golden.ts";

describeAnswers("picket explain, word for word", import.meta.dirname, 11);
