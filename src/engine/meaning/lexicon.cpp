#include "engine/meaning/lexicon.hpp"

#include <string>
#include <unordered_set>

namespace csva::meaning {
namespace {

using Words = std::unordered_set<std::string_view>;

/// Words of a text, parted by spaces.
Words parted(std::string_view text) {
    Words out;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        if (end > 0) out.insert(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

/// Given names frequent in France, Britain and the United States since 1920. Months, colours and
/// places that are seldom met as names are left out.
constexpr std::string_view kGiven =
    "aaron abbie abigail abraham adam adele adeline adrian adrien agathe agnes ahmed aidan "
    "aiden alain alan albert alberte alejandro alex alexander alexandra alexandre alexia "
    "alexis alfie alfred ali alice alicia aline alison alix allan allen allison alphonse "
    "alyssa amanda amandine amelia amelie amina aminata amy anais andre andrea andree andrew "
    "andy angela angele angelique angie anita ann anna anne anne-marie anne-sophie annette "
    "annick annie anthony antoine antoinette antonio archie arianna arlette armand arnaud "
    "arnold arthur ashleigh ashley ashton astrid aude audrey augustin aurelie aurelien aurore "
    "ava axel aymeric bailey baptiste barbara barry bastien beatrice becky ben benedicte "
    "benjamin benoit bernadette bernard berthe bertrand beth bethan bethany betty beverley "
    "beverly billy blake blanche bob bobby bonnie boris brad bradley brandi brandon brenda "
    "brendan brent brett brian briana brice brigitte brittany brittney bruce bruno bryan bryce "
    "caitlin caleb callum calvin cameron camille candace candice capucine carine carl carla "
    "carlos carly carmen carol carole caroline carolyn carrie casey cassandra cassidy "
    "catherine cathy cecile cedric celia celina celine chad chantal charlene charles charlie "
    "charline charlotte cheryl chloe chris christelle christian christiane christie christina "
    "christine christophe christopher christy cindy claire clara clarence claude claudette "
    "claudine clayton clemence clement clementine clifford clint cloe cody cole colette colin "
    "colleen collin connie connor conor constance coralie corentin corey corinne cory courtney "
    "craig cristian cristina crystal curtis cynthia cyril cyrille daisy damian damon dan dana "
    "daniel daniele danielle danny darlene darrell darren daryl dave david dawn deanna debbie "
    "deborah debra declan delphine denis denise dennis derek derrick desiree devin devon diana "
    "diane didier dillon dominic dominique don donald donna doris dorothee dorothy douglas "
    "duane dustin dwayne dylan eddie edgar edith edmond edouard edward edwin eileen elaine "
    "eleanor elena eleonore eliane elie eliott elisabeth elise elizabeth ella ellen ellie "
    "elliot elliott elodie eloise elsa emeline emile emilie emily emma emmanuel emmanuelle "
    "enzo eric erica erik erika erin ernest erwan estelle ethan etienne eugene eugenie eva "
    "evan evelyn evelyne evie fabien fabienne fabrice fanny fatima fatou felicia felix fernand "
    "fernande finley fiona flavie florence florent florian frances francesca francine francis "
    "franck francois francoise frank franklin fred freddie frederic frederick frederique gabin "
    "gabriel gabriella gabrielle gael gaelle gaetan gail garrett gary gaston gavin gemma gene "
    "genevieve geoffrey geoffroy george georges georgette georgina gerald geraldine gerard "
    "germaine ghislaine gilbert gilberte gilles gina ginette gino gisele giulia glen glenda "
    "glenn gloria gordon grace graeme graham greg gregoire gregory guillaume gustave guy "
    "gwenaelle hannah harold harriet harrison harry harvey hayley heather hector heidi helen "
    "helene henri henriette henry herve hilary hollie hortense howard hubert hugh hugo hugues "
    "ian ibrahim imogen inaya ines irene iris isaac isabel isabella isabelle isla ismael ivan "
    "jack jackie jackson jacob jacqueline jacques jade jaime jake james jamie jan jane janet "
    "janice jared jasmin jasmine jason jay jayne jean jean-baptiste jean-claude jean-francois "
    "jean-luc jean-marc jean-michel jean-paul jean-pierre jeanette jeanne jeannine jeff "
    "jeffery jeffrey jenna jennifer jenny jeremiah jeremie jeremy jermaine jerome jerry jesse "
    "jessica jesus jill jillian jim jimmy jo joan joann joanna joanne jodie joe joel joelle "
    "johan johanna john johnny jon jonathan jordan jorge jose josee joseline joseph josephine "
    "josette josh joshua josiane joyce juan judith judy jules julia julian julie julien "
    "juliette justin justine kaitlin kaitlyn kara karen karim karina karine karl karla kate "
    "katelyn katherine kathleen kathryn kathy katia katie katrina kay kayla keith kelli kellie "
    "kelly kelsey ken kendra kenneth kerry kevin kieran kim kimberly kirk kirsty kristen "
    "kristi kristin kristina kristine kristy krystal kurt kyle lacey laetitia larry laura "
    "laure lauren laurence laurent laurie lawrence lea leah leandre lee leigh leila lena leo "
    "leon leonard leonie leroy leslie lewis liam lilian liliane lillian lilou lily lina linda "
    "lindsay lindsey lionel lisa lloyd logan loic lois lola lonnie loretta lori lorraine lou "
    "louane louis louise louka luc luca lucas lucie lucien lucienne lucy ludivine ludovic luis "
    "luke lydia lydie lyes lynda lynn lynne mackenzie madeleine madeline madison mael maelle "
    "maelys magali mamadou mandy manon manuel marc marcel marcelle marcia marcus margaret "
    "margaux margot marguerite maria mariah marian marianne marie marie-christine marie-claude "
    "marie-france marie-therese marilyn marine mario marion marissa marius marlene martha "
    "marthe martin martine martyn marvin mary maryse mateo mathew mathieu mathilde mathis "
    "matilda matt matthew matthieu maud maureen maurice max maxence maxime maxwell megan "
    "meghan mehdi melanie melinda melissa melvin meredith mia michael micheal michel michele "
    "micheline michelle mickael miguel mike mildred millie miranda mireille mitchell mohamed "
    "mohammad mohammed molly monica monique morgan morgane moussa muhammad muriel myriam nabil "
    "nadege nadia nadine nael nancy naomi natalie natasha nathalie nathan nathaniel neil nelly "
    "nicholas nichole nicola nicolas nicole nigel nina noah noe noel noemi noemie nolan nora "
    "norma norman oceane odette odile oliver olivia olivier oscar owen paige pam pamela pascal "
    "pascale patrice patricia patrick paul paula paule paulette pauline peggy penelope perrine "
    "perry peter phil philip philippe phillip phoebe phyllis pierre pierrick poppy quentin "
    "rachael rachel rachid ralph ramon randall randy raoul raphael rayan raymond raymonde "
    "rebecca regina reginald regine regis remi remy rene renee rhys ricardo richard rick ricky "
    "riley rita robert roberta roberto robin rodney rodolphe roger roland romain romane ronald "
    "ronnie rosalie rose-marie rosemary rosie ross roxane roy ruby russell ruth ryan sabine "
    "sabrina sacha sally salome sam samantha samir samuel sandra sandrine sara sarah scarlett "
    "scott sean sebastian sebastien segolene serge seth severine shane shannon sharon shaun "
    "shawn sheila shelby shelley shelly sherri sherry sheryl shirley sian sidney simon simone "
    "sofia sofiane solange solene sonia sophia sophie spencer stacey stacy stanley stephane "
    "stephanie stephen steve steven stewart stuart sue susan suzanne suzie sylvain sylvia "
    "sylviane sylvie tabitha tamara tammy tanguy tanya tara tasha tatiana taylor terence "
    "teresa terrance terri terry thelma theo theodore theophile theresa therese thibault "
    "thibaut thierry thomas tiffany tim timeo timothee timothy tina toby todd tom tommy toni "
    "tony tonya tracey traci tracie tracy travis trevor tricia tristan troy tyler tyrone "
    "valentin valentine valerie vanessa vera vernon veronica veronique vicki vickie victoire "
    "victor victoria vincent virginie vivian vivien wade walter wanda warren wayne wendy "
    "wesley whitney william willie xavier yann yannick yasmine yassine yohan yolanda yolande "
    "youssef yves yvette yvonne zacharie zachary zoe zoey";

/// Frequent family names, without those that are everyday words.
constexpr std::string_view kSurnames =
    "adam adams ahmed alexander alexandre ali allard allen alves anderson andre andrews "
    "antoine armstrong arnaud ashton atkinson aubert aubry austin bailey bailly baker barbier "
    "barker barnes barnett baron barre barrett barthelemy barton bates bazin begum benard "
    "bennett benoit berger bernard berry bertin bertrand besnard besson bigot blanc blanchard "
    "blin blot bodin bonnet boucher bouchet boulanger bourgeois bouvier bowen boyer bradley "
    "brady breton briand brooks brun brunet bryant buisson burgess burns burton butler "
    "campbell camus carlier carlson caron carpentier carre carroll carter castillo castro chan "
    "chapman charles charpentier chauvet chauvin chavez chen chevalier chevallier chretien "
    "clark clarke clement cole coleman colin collet collin collins connor cook cooper cordier "
    "costa coste courtois cousin couturier cox crawford cruz cunningham curtis da-silva daniel "
    "daniels david davies davis dean delattre delaunay delmas denis descamps deschamps devaux "
    "diallo dias diaz didier dixon doyle dubois dufour dumas dumont duncan dunn dupont dupuis "
    "dupuy durand duval edwards ellis etienne evans evrard fabre farmer faure ferguson "
    "fernandes fernandez ferrand ferreira fisher fletcher fleury flores fontaine foster "
    "foucher fournier francis francois frank franklin freeman gaillard garcia gardner garnier "
    "gaudin gauthier gautier gay georges gerard germain gibbs gibson gilbert gilles gillet "
    "girard giraud godard gomez goncalves gonzalez goodwin gordon graham grant grenier griffin "
    "griffiths grondin gros guerin guichard guillaume guillet guillot guillou gutierrez guyot "
    "guzman hall hamilton hammond hamon hansen harper harris harrison harvey hawkins hayes "
    "hebert henderson henry hernandez herve hicks higgins hoarau hoareau hobbs hoffman holmes "
    "houston howard howe hubert hudson huet hughes humbert hunt hunter hussain hutchinson "
    "imbert jackson jacob jacques jacquet james jean jenkins jennings jensen jimenez johnson "
    "johnston joly jones jordan joubert jourdan julien kaur kelly kennedy khan kim klein labbe "
    "lacombe lacroix laine lambert lamy lane langlois laporte larson launay laurent lawrence "
    "lawson le-gall le-goff le-roux leblanc lebon lebreton lebrun leclerc leclercq lecomte lee "
    "lefebvre lefevre lefort leger legrand legros lejeune lelievre lemaire lemaitre lemoine "
    "lenoir leroux leroy leveque levy lewis lloyd loiseau lopes lopez louis lucas lynch mace "
    "mahe maillard maillot mallet marchal marchand marechal marie marion marshall martin "
    "martinez martins marty mary mason masson mathieu matthews maury mccarthy mcdonald medina "
    "menard mendes mendoza mercier meunier meyer michaud michel miller millet mitchell monnier "
    "moore morales moreau morel morgan morin morris morrison moulin muller murphy murray nash "
    "navarro nelson neveu newman newton nguyen nicholson nicolas noel normand norris obrien "
    "oliver olivier ollivier olson oneill ortiz osborne owen pages palmer parent paris parker "
    "parkin parsons pascal pasquier patel patterson payet payne pearson pelletier peltier "
    "pereira perez peron perret perrier perrin perrot perry peterson petit philippe phillips "
    "picard pichon pierre pineau pinto pires poirier pons porter potier potter pottier poulain "
    "powell pratt prevost ramirez ramos raynaud regnier reid remy renard renaud renault rey "
    "reyes reynaud reynolds rhodes ribeiro richard richards richardson riley rivera riviere "
    "robert roberts robertson robin robinson roche rocher rodrigues rodriguez roger rogers "
    "rolland romero ross rossi rousseau roussel roussi roux roy royer russell ryan salmon "
    "samson sanchez sanders saunders sauvage schmidt schmitt schneider schultz seguin shaw "
    "silva simmons simon simpson singh smith snyder spencer steele stephens stevens stevenson "
    "stewart sullivan sutton tanguy taylor teixeira tessier texier thibault thierry thomas "
    "thompson thomson todd torres toussaint townsend tran traore turner vaillant valentin "
    "valette vallee vargas vasseur verdier vidal vincent voisin wagner walker wallace walsh "
    "walters wang ward warren washington watson watts weaver webb weber webster weiss welch "
    "wells wheeler williams willis wilson wong wright york young";

/// Words of health, French and English.
constexpr std::string_view kHealth =
    "aids allergic allergie allergique allergy alzheimer anaemia anemia anemie anorexia "
    "anorexie antibiotic antibiotique antidepressant antidepresseur anxiete anxiety "
    "appendicite appendicitis arthrite arthritis arthrose arthrosis asthma asthme autism "
    "autisme autiste autistic avc bipolaire bipolar bpco bronchite bronchitis cancer cancereux "
    "chemotherapy chimiotherapie chirurgie cirrhose cirrhosis copd covid demence dementia "
    "depressif depression depressive diabete diabetes diabetic diabetique disability disabled "
    "disease eczema enceinte endometriose endometriosis epilepsie epilepsy epileptic "
    "epileptique fracture glaucoma glaucome grippe grossesse handicap handicape hepatite "
    "hepatitis hiv hospitalisation hospitalise hospitalised hospitalized hypertendu "
    "hypertension hypertensive illness infarction infarctus influenza insuffisance insulin "
    "insuline leucemie leukaemia leukemia maladie malaria medicament medication migraine "
    "obesite obesity osteoporose osteoporosis paludisme parkinson pathologie pneumonia "
    "pneumonie pregnancy pregnant psoriasis radiotherapie radiotherapy schizophrenia "
    "schizophrenie sclerose sclerosis seropositif sida stroke surgery thyroid thyroide "
    "traitement tuberculose tuberculosis tumeur tumor tumour vih";

constexpr std::string_view kCivilities =
    "m mr mme mlle melle madame monsieur mademoiselle dr docteur doctor me maitre pr prof mrs ms "
    "miss "
    "sir lady";

constexpr std::string_view kFrenchStreets =
    "rue avenue av boulevard bd bld chemin che allee allees impasse imp place pl quai cours route "
    "rte "
    "square sq passage ruelle faubourg fbg sentier traverse venelle esplanade residence "
    "lotissement "
    "hameau lieu-dit montee promenade villa cite";

constexpr std::string_view kEnglishStreets =
    "street st road rd avenue ave lane ln drive dr close court ct way terrace place pl square "
    "crescent "
    "gardens grove park boulevard blvd mews hill row walk circle cir trail parkway pkwy highway "
    "hwy "
    "green view rise gate heights green station fork fort forks forge ferry field fields flat "
    "flats "
    "ford forest freeway garden gateway glen harbor haven highway hills hollow inlet island isle "
    "junction junctions key keys knoll knolls lake lakes land landing light loaf locks lodge loop "
    "mall "
    "manor meadow meadows mill mills mission motorway mount mountain neck orchard oval overpass "
    "parks "
    "pass path pike pine pines plain plains plaza point points port ports prairie radial ramp "
    "ranch "
    "rapid rapids rest ridge ridges river roads route rue run shoal shoals shore shores skyway "
    "spring "
    "springs spur squares stravenue stream streets summit throughway trace track trafficway tunnel "
    "turnpike underpass union unions valley valleys via viaduct views village villages ville vista "
    "walks wall ways well wells brook brooks burg burgs bypass camp canyon cape causeway center "
    "centers "
    "circles cliff cliffs club common corner corners course courts cove coves creek crest crossing "
    "crossroad curve dale dam divide drives estate estates expressway extension fall falls";

constexpr std::string_view kCompanies =
    "sarl sas sasu sa eurl sci scop snc gie ets inc ltd llc llp plc corp corporation gmbh ag group "
    "groupe holding company limited societe association mairie commune hotel restaurant";

}  // namespace

bool is_given_name(std::string_view word) {
    static const Words kWords = parted(kGiven);
    return kWords.contains(word);
}

bool is_surname(std::string_view word) {
    static const Words kWords = parted(kSurnames);
    return kWords.contains(word);
}

bool is_civility(std::string_view word) {
    static const Words kWords = parted(kCivilities);
    return kWords.contains(word);
}

bool is_health_word(std::string_view word) {
    static const Words kWords = parted(kHealth);
    return kWords.contains(word) ||
           (word.ends_with('s') && kWords.contains(word.substr(0, word.size() - 1)));
}

bool is_french_street(std::string_view word) {
    static const Words kWords = parted(kFrenchStreets);
    return kWords.contains(word);
}

bool is_english_street(std::string_view word) {
    static const Words kWords = parted(kEnglishStreets);
    return kWords.contains(word);
}

bool is_company_word(std::string_view word) {
    static const Words kWords = parted(kCompanies);
    return kWords.contains(word);
}

}  // namespace csva::meaning
